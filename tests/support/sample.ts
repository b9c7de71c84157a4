/** The sampler on a device, its buffers and its state, for tests. */
import { Gpu } from "../../src/gpu/gpu.ts";
import { padTo8 } from "../../src/gpu/matrix.ts";
import type { SamplerOptions } from "../../src/reference/sampler.ts";
import {
  bitmapWords,
  encodeSampling,
  HISTORY_STEPS,
  sample,
  SAMPLING_BYTES,
  scoreBytes,
} from "../../src/ops/sample.ts";
import { KernelTest, numbers } from "./ops.ts";

const CAPACITY = 1 << 20;

/** One sequence of a run: its logits are the same at every step. */
export interface Sequence {
  logits: Float64Array;
  /** Greedy if absent. */
  sampler?: SamplerOptions;
  penalty?: number;
  seen?: number[];
  blocked?: number[];
  blockedUntil?: number;
  seed?: bigint;
  number?: number;
  position?: number;
}

/** Lets the kernel choose `steps` tokens for each sequence; returns them as [sequence][step]. */
export async function draw(
  gpu: Gpu,
  sequences: Sequence[],
  steps: number,
  slots: readonly number[] = sequences.map((_, i) => i),
  capacity = CAPACITY,
) {
  using test = new KernelTest(gpu);
  const vocabSize = sequences[0].logits.length;
  const logitStride = padTo8(vocabSize);
  const slotCount = Math.max(...slots) + 1;
  const words = bitmapWords(vocabSize);
  const logits = new Float32Array(sequences.length * logitStride);
  const rows = Array.from({ length: slotCount }, () => [7, 7, 7, 7]);
  const sampling = new Uint8Array(slotCount * SAMPLING_BYTES);
  const [seen, blocked] = [new Uint32Array(slotCount * words), new Uint32Array(slotCount * words)];
  sequences.forEach((one, i) => {
    const slot = slots[i];
    logits.set(one.logits, i * logitStride);
    rows[slot] = [0, slot, one.position ?? 0, (one.position ?? 0) + 3];
    sampling.set(
      encodeSampling({
        temperature: one.sampler?.temperature ?? 1,
        topP: one.sampler?.topP ?? 1,
        minP: one.sampler?.minP ?? 0,
        topK: one.sampler?.topK ?? 0,
        repetitionPenalty: one.penalty ?? 1,
        doSample: one.sampler !== undefined,
        seed: one.seed ?? 0n,
        sequence: one.number ?? 0,
        blockedUntil: one.blockedUntil ?? 0,
      }),
      slot * SAMPLING_BYTES,
    );
    for (const id of one.seen ?? []) seen[slot * words + (id >>> 5)] |= 1 << (id & 31);
    for (const id of one.blocked ?? []) blocked[slot * words + (id >>> 5)] |= 1 << (id & 31);
  });
  const history = test.words(new Uint32Array(HISTORY_STEPS * slotCount).fill(12345));
  const decode = test.batch(rows, capacity);
  const state = {
    sampling: test.bytes(sampling, "sampling"),
    seen: test.words(seen),
  };
  const bytes = scoreBytes(vocabSize, sequences.length);
  sample(test.plan, {
    vocabSize,
    logits: test.floats(logits),
    logitStride,
    slots: test.words(slots),
    decode,
    ...state,
    blocked: test.words(blocked),
    history,
    scores: test.output(bytes.scores / 4),
    peaks: test.output(bytes.peaks / 4),
    sequences: () => sequences.length,
  });
  const choice = [...test.plan.steps];
  for (let step = 1; step < steps; step++) test.plan.steps.push(...choice);
  await test.run();
  const made = await test.readWords(history, HISTORY_STEPS * slotCount);
  return {
    tokens: slots.map((slot) => Array.from({ length: steps }, (_, step) => made[step * slotCount + slot])),
    history: made,
    rows: await test.readWords(decode, 4 + 4 * slotCount),
    sampling: await test.readWords(state.sampling, slotCount * SAMPLING_BYTES / 4),
    seen: await test.readWords(state.seen, slotCount * words),
  };
}

/** Opens a device for one test. */
export async function withGpu(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  using gpu = await Gpu.open();
  await run(gpu);
}

/** Logits around zero. */
export const spread = (vocabSize: number, scale: number) => numbers(vocabSize, vocabSize, scale);
