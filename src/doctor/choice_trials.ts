import { padTo8 } from "../gpu/matrix.ts";
import { copySlots, encodeSlotCopy } from "../ops/copy_slots.ts";
import { headStride } from "../ops/linear.ts";
import {
  bitmapWords,
  encodeSampling,
  GREEDY,
  HISTORY_STEPS,
  sample,
  type SamplingState,
  scoreBytes,
} from "../ops/sample.ts";
import { EPS, KernelTest, numbers, padRows } from "../trial/trial.ts";
import { argmax } from "../reference/argmax.ts";
import { philoxAt, toUniform } from "../reference/philox.ts";
import { penalizeRepetition, sampleDistribution } from "../reference/sampler.ts";
import type { LlamaConfig } from "../checkpoint/config/config.ts";
import type { Measured, Trial } from "./finding.ts";

const STEPS = 6;
const PENALIZED: SamplingState = { ...GREEDY, repetitionPenalty: 1.3 };
/** Each takes a different path through the kernel: few candidates, many, mass thresholds, none. */
const DRAWS: readonly Partial<SamplingState>[] = [
  { temperature: 0.8 },
  { topK: 50, topP: 0.95 },
  { topK: 2000, repetitionPenalty: 1.3 },
  { topP: 0.9, minP: 0.01 },
];

/** Token selection, greedy and sampled, and the cache slot copies of beam search. */
export function choiceTrials(config: LlamaConfig): Trial[] {
  const { vocabSize } = config;
  return [
    {
      kernel: "sample",
      shape: `${vocabSize} tokens, ${STEPS} steps`,
      run: (gpu) =>
        choose(new KernelTest(gpu), vocabSize, PENALIZED, (logits, made) => {
          // The best token after a penalty: generated tokens count at the next step.
          const best = (step: number) =>
            argmax(
              penalizeRepetition(logits, made.slice(0, step), PENALIZED.repetitionPenalty),
              1,
              vocabSize,
            )[0];
          return { got: made, want: made.map((_, step) => best(step)), bound: () => 0 };
        }),
    },
    ...DRAWS.map((options): Trial => ({
      kernel: "sample, drawing",
      shape: `${vocabSize} tokens, ${STEPS} steps, ${wordsOf(options)}`,
      run: (gpu) => {
        const state = { ...GREEDY, doSample: true, seed: 5n, ...options };
        return choose(new KernelTest(gpu), vocabSize, state, (logits, made) => ({
          got: made.map((token, step) => {
            const shares = sampleDistribution(logits, state, made.slice(0, step));
            return outside(shares, token, toUniform(philoxAt(state.seed, step, state.sequence)[0]));
          }),
          want: made.map(() => 0),
          bound: () => EPS * (4 * Math.sqrt(vocabSize) + 64),
        }));
      },
    })),
    copies(config),
  ];
}

/** Distance of a uniform number from the share of the token it drew; NaN for a token without a share. */
function outside(shares: Float64Array, token: number, uniform: number): number {
  if (!(shares[token] > 0)) return NaN;
  const before = shares.subarray(0, token).reduce((sum, share) => sum + share, 0);
  return Math.max(0, before - uniform, uniform - before - shares[token]);
}

/** Runs the kernel to choose tokens from constant logits. */
async function choose(
  test: KernelTest,
  vocabSize: number,
  state: SamplingState,
  judge: (logits: Float64Array, made: number[]) => Measured,
): Promise<Measured> {
  using _ = test;
  const logits = numbers(4, vocabSize, 3);
  const words = bitmapWords(vocabSize);
  const history = test.words(new Uint32Array(HISTORY_STEPS));
  const bytes = scoreBytes(vocabSize, 1);
  sample(test.plan, {
    vocabSize,
    logits: test.floats(padRows(logits, vocabSize, padTo8(vocabSize))),
    logitStride: padTo8(vocabSize),
    slots: test.words([0]),
    decode: test.batch([[0, 0, 0, 0]], 1 << 20),
    sampling: test.bytes(encodeSampling(state), "sampling"),
    seen: test.words(new Uint32Array(words)),
    blocked: test.words(new Uint32Array(words)),
    history,
    scores: test.output(bytes.scores / 4),
    peaks: test.output(bytes.peaks / 4),
    sequences: () => 1,
    draws: state.doSample,
  });
  const choice = [...test.plan.steps];
  for (let step = 1; step < STEPS; step++) test.plan.steps.push(...choice);
  await test.run();
  return judge(logits, [...await test.readWords(history, STEPS)]);
}

/** Copies positions of one slot to another. */
function copies({ headDim, numKeyValueHeads }: LlamaConfig): Trial {
  const kvHeads = Math.min(2, numKeyValueHeads);
  const [capacity, copy] = [90, { pairs: [[2, 0], [2, 1]] as const, first: 3, end: 88 }];
  return {
    kernel: "copy_slots",
    shape: `${kvHeads} heads of ${headDim}, ${copy.end - copy.first} of ${capacity} positions`,
    run: async (gpu) => {
      using test = new KernelTest(gpu);
      const [stride, slots] = [headStride(headDim), 3];
      const before = numbers(1, slots * kvHeads * capacity * stride);
      const cache = test.filledOutput(before);
      copySlots(test.plan, {
        ...{ heads: kvHeads, rowBytes: stride * 4, cache },
        moves: test.words(encodeSlotCopy(copy, capacity)),
        current: () => copy,
      });
      await test.run();
      const want = before.slice();
      for (const [from, to] of copy.pairs) {
        for (let head = 0; head < kvHeads; head++) {
          const at = (slot: number, position: number) =>
            ((slot * kvHeads + head) * capacity + position) * stride;
          want.set(before.subarray(at(from, copy.first), at(from, copy.end)), at(to, copy.first));
        }
      }
      return { got: await test.read(cache, before.length, "copy_slots"), want, bound: () => 0 };
    },
  };
}

function wordsOf(options: Partial<SamplingState>): string {
  return Object.entries(options).map(([name, value]) => `${name} ${value}`).join(", ");
}
