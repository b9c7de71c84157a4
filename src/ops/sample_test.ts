import { assert, assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { argmax } from "../reference/argmax.ts";
import { philoxAt, toUniform } from "../reference/philox.ts";
import { penalizeRepetition, sampleDistribution, type SamplerOptions } from "../reference/sampler.ts";
import {
  bitmapWords,
  BROKEN_TOKEN,
  encodeSampling,
  HISTORY_STEPS,
  sample,
  SAMPLING_BYTES,
} from "./sample.ts";
import { EPS, KernelTest, numbers } from "./testing.ts";

const CAPACITY = 1 << 20;

/** One sequence of a run: its logits stay the same at every step. */
interface Sequence {
  logits: Float64Array;
  /** Greedy without. */
  sampler?: SamplerOptions;
  penalty?: number;
  seen?: number[];
  blocked?: number[];
  blockedUntil?: number;
  seed?: bigint;
  number?: number;
  position?: number;
}

/** Lets the kernel choose `steps` tokens for each sequence; gives them as [sequence][step]. */
async function draw(
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
  sample(test.plan, {
    vocabSize,
    logits: test.floats(logits),
    logitStride,
    slots: test.words(slots),
    decode,
    ...state,
    blocked: test.words(blocked),
    history,
    sequences: () => sequences.length,
  });
  for (let step = 0; step < steps; step++) test.plan.steps.push(test.plan.steps[0]);
  test.plan.steps.pop();
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

/**
 * Follows draws with the twin: the twin's uniform number must fall into the drawn token's share (up to the rounding of
 * sums), so a token outside the allowed set never passes; then, together, Pearson's chi-square.
 */
function checkDraws(one: Sequence, draws: { tokens: number[]; one: Sequence }[], what: string): void {
  const { logits } = one;
  const tolerance = EPS * (4 * Math.sqrt(logits.length) + 64);
  const counts = new Float64Array(logits.length);
  const expected = new Float64Array(logits.length);
  const options = { ...one.sampler, repetitionPenalty: one.penalty };
  const fixed = sampleDistribution(logits, options, one.seen);
  let total = 0;
  for (const { tokens, one: { seed = 0n, position = 0, number = 0, seen = [] } } of draws) {
    const previous = [...seen];
    for (const [step, token] of tokens.entries()) {
      const p = one.penalty === undefined ? fixed : sampleDistribution(logits, options, previous);
      const u = toUniform(philoxAt(seed, position + step, number)[0]);
      const place = `${what}: seed ${seed}, sequence ${number}, position ${position + step}`;
      assert(p[token] > 0, `${place}: drew ${token}, which is not allowed`);
      let before = 0;
      for (let id = 0; id < token; id++) before += p[id];
      assert(
        u > before - tolerance && u < before + p[token] + tolerance,
        `${place}: drew ${token} with the share ${before} to ${before + p[token]}, the twin's number is ${u}`,
      );
      counts[token]++;
      p.forEach((share, id) => expected[id] += share);
      previous.push(token);
      total++;
    }
  }
  // Rare tokens go together, so that each class expects five at least.
  let [square, classes, rare, rareExpected] = [0, 0, 0, 0];
  expected.forEach((want, id) => {
    if (want >= 5) {
      square += (counts[id] - want) ** 2 / want;
      classes++;
    } else {
      rare += counts[id];
      rareExpected += want;
    }
  });
  if (rareExpected >= 5) {
    square += (rare - rareExpected) ** 2 / rareExpected;
    classes++;
  }
  // Its mean is classes - 1, its variance twice that.
  const limit = classes - 1 + 4 * Math.sqrt(2 * Math.max(classes - 1, 1));
  assert(
    square <= limit,
    `${what}: chi-square ${square} of ${total} draws in ${classes} classes, limit ${limit}`,
  );
}

/** Draws from each setup in several sequences of different seeds, positions and numbers, all in one run. */
async function checkSetups(gpu: Gpu, setups: Sequence[], sequences: number, steps: number): Promise<void> {
  const all = setups.flatMap((one, setup) =>
    Array.from({ length: sequences }, (_, i) => ({
      ...one,
      seed: (BigInt(i) << 32n) * BigInt(i % 3) + BigInt(setup * 1000 + i % 5),
      number: i,
      position: (i % 4) * 1000,
    }))
  );
  const { tokens } = await draw(gpu, all, steps);
  setups.forEach((one, setup) => {
    const draws = Array.from({ length: sequences }, (_, i) => setup * sequences + i)
      .map((i) => ({ tokens: tokens[i], one: all[i] }));
    const { logits, ...options } = one;
    checkDraws(one, draws, `sample, vocabulary ${logits.length}, ${JSON.stringify(options)}`);
  });
}

async function withGpu(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  const gpu = await Gpu.open();
  try {
    await run(gpu);
  } finally {
    gpu.dispose();
  }
}

const spread = (vocabSize: number, scale: number) => numbers(vocabSize, vocabSize, scale);
/** Many equal ones. */
const tied = (vocabSize: number) => spread(vocabSize, 1).map((x) => Math.round(x * 2) / 2);

Deno.test("sample: the twin's draws and distribution, 61 tokens", () =>
  withGpu(async (gpu) => {
    const logits = spread(61, 1.5);
    await checkSetups(
      gpu,
      [
        { logits, sampler: {} },
        { logits, sampler: { temperature: 0.7 } },
        { logits: tied(61), sampler: { topK: 5 } },
        { logits: tied(61), sampler: { topK: 20, temperature: 2 } },
        { logits, sampler: { topK: 61 } },
        { logits, sampler: { topP: 0.8 } },
        { logits, sampler: { minP: 0.1 } },
        { logits, sampler: { temperature: 1.3, topK: 20, topP: 0.9, minP: 0.05 } },
        { logits, sampler: { temperature: 0.8, topK: 12 }, penalty: 1.3, seen: [0, 5, 17, 32, 60] },
        { logits, sampler: { topP: 0.7, minP: 0.02 }, penalty: 0.8, seen: [3] },
        { logits, sampler: { topK: 1 } },
        { logits, sampler: { topP: 1e-9 } },
        { logits, sampler: { minP: 1 } },
      ],
      48,
      40,
    );
  }));

Deno.test("sample: the twin's draws on a device that is no software driver", () =>
  withGpu(async (gpu) => {
    Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
    await checkSetups(
      gpu,
      [
        { logits: spread(61, 1.5), sampler: { temperature: 1.3, topK: 20, topP: 0.9, minP: 0.05 } },
        { logits: spread(61, 1.5), sampler: {}, penalty: 1.2 },
      ],
      16,
      20,
    );
  }));

Deno.test("sample: the twin's draws, 32000 tokens", () =>
  withGpu(async (gpu) => {
    const logits = spread(32000, 3);
    await checkSetups(
      gpu,
      [
        { logits, sampler: { temperature: 0.7, topK: 50 } },
        { logits, sampler: { topP: 0.95 } },
        { logits, sampler: { topK: 40, topP: 0.9, minP: 0.02 } },
      ],
      4,
      24,
    );
  }));

Deno.test("sample: the twin's draws and choices, 128256 tokens", () =>
  withGpu(async (gpu) => {
    const logits = spread(128256, 3);
    const equal = new Float64Array(128256).fill(2.5);
    await checkSetups(
      gpu,
      [
        { logits, sampler: { topK: 50, topP: 0.9 } },
        // Here 17 bits of the generator show in each token.
        { logits: equal, sampler: {} },
      ],
      3,
      6,
    );
    const late = logits.slice();
    late[128255] = late[70001] = 50;
    const { tokens } = await draw(gpu, [{ logits }, { logits: equal }, { logits: late }], 1);
    assertEquals(tokens.flat(), [argmax(logits, 1, 128256)[0], 0, 70001]);
  }));

Deno.test("sample: greedy takes the best, of equal ones the lowest id; the penalty counts what was made", () =>
  withGpu(async (gpu) => {
    const equal = spread(61, 1);
    equal[50] = equal[33] = equal[37] = 9;
    const negative = spread(61, 1).map((x) => -10 - Math.abs(x));
    const seen = [2, 40, 41];
    const penalized: Sequence[] = [
      { logits: spread(61, 1), penalty: 1.4, seen },
      { logits: negative, penalty: 1.1, seen },
      { logits: spread(61, 2), penalty: 0.9, seen },
    ];
    const { tokens } = await draw(gpu, [{ logits: equal }, ...penalized], 12);
    assertEquals(tokens[0], new Array(12).fill(33));
    penalized.forEach(({ logits, penalty }, i) => {
      const previous = [...seen];
      for (const token of tokens[i + 1]) {
        const want = argmax(penalizeRepetition(logits, previous, penalty!), 1, 61)[0];
        assertEquals(token, want, `sample: greedy, penalty ${penalty}, after ${previous}`);
        previous.push(want);
      }
    });
  }));

Deno.test("sample: blocked tokens do not come before their step", () =>
  withGpu(async (gpu) => {
    const logits = spread(61, 1);
    logits[45] = 20;
    const one = { logits, blocked: [45, 60], blockedUntil: 3 };
    const sampled = Array.from({ length: 40 }, (_, i) => ({ ...one, sampler: {}, seed: BigInt(i) }));
    const { tokens } = await draw(gpu, [one, ...sampled], 6);
    for (const [i, row] of tokens.entries()) {
      assert(row.slice(0, 3).every((token) => token !== 45 && token !== 60), `sequence ${i}: ${row}`);
      assertEquals(row[3], 45, `sequence ${i}`);
    }
    const rest = logits.slice();
    rest[45] = rest[60] = -Infinity;
    checkDraws(
      { logits: rest, sampler: {} },
      sampled.map((s, i) => ({ one: s, tokens: tokens[i + 1].slice(0, 3) })),
      "blocked",
    );
  }));

Deno.test("sample: the largest number there is does not draw a token without weight", () =>
  withGpu(async (gpu) => {
    // With this seed the first number is 1 - 2^-24: taking weights off it one by one may leave more than the last.
    const seed = 16390493n;
    assertEquals(toUniform(philoxAt(seed, 0, 0)[0]), 1 - 2 ** -24);
    const sequences = Array.from({ length: 200 }, (_, i): Sequence => {
      const logits = numbers(i, 1000, 2);
      // The weight lies before the last token, which has none.
      logits.set(numbers(i, 3, 1, 9), 996);
      logits[999] = i % 2 ? 0 : -200;
      return { logits, sampler: {}, seed, blocked: [999], blockedUntil: i % 2 };
    });
    const { tokens } = await draw(gpu, sequences, 1);
    tokens.forEach(([token], i) => assert(token < 999, `sequence ${i} drew ${token}`));
  }));

Deno.test("sample: logits that are not finite give the broken token, in that sequence alone", () =>
  withGpu(async (gpu) => {
    const fine = spread(61, 1);
    const broken = [NaN, Infinity, -Infinity].flatMap((value, i) =>
      [undefined, { topK: 3 }].map((sampler) => ({ logits: fine.with([0, 33, 60][i], value), sampler }))
    );
    const { tokens } = await draw(gpu, [{ logits: fine }, ...broken], 2);
    assertEquals(tokens[0][1], argmax(fine, 1, 61)[0]);
    for (const row of tokens.slice(1)) assertEquals(row, [BROKEN_TOKEN, BROKEN_TOKEN]);
  }));

Deno.test("sample: token, position, step and seen tokens move on, of the given slots alone", () =>
  withGpu(async (gpu) => {
    const logits = [5, 20].map((best) => spread(61, 1).with(best, 30));
    const slots = [3, 1];
    const { tokens, rows, sampling, seen, history } = await draw(
      gpu,
      [{ logits: logits[0], position: 2 }, { logits: logits[1], position: 8 }],
      4,
      slots,
      10,
    );
    assertEquals(tokens, [[5, 5, 5, 5], [20, 20, 20, 20]]);
    const row = (slot: number) => [...rows.subarray(4 + slot * 4, 8 + slot * 4)];
    assertEquals(row(3), [5, 3, 6, 9], "two positions move together");
    assertEquals(row(1), [20, 1, 9, 12], "a position stays inside the cache");
    assertEquals([row(0), row(2)], [[7, 7, 7, 7], [7, 7, 7, 7]], "other slots rest");
    assertEquals([0, 1, 2, 3].map((slot) => sampling[slot * SAMPLING_BYTES / 4 + 9]), [0, 4, 0, 4], "steps");
    assertEquals([...seen], [0, 0, 1 << 20, 0, 0, 0, 1 << 5, 0]);
    assertEquals([history[0], history[4 * 4 + 1]], [12345, 12345], "history of other slots and steps");
  }));

Deno.test("encodeSampling: the whole seed, bounds kept", () => {
  const state = {
    temperature: 0.5,
    topP: 0.25,
    minP: 0.125,
    repetitionPenalty: 2,
    topK: 7,
    doSample: true,
    seed: 0xfedcba9876543210n,
    sequence: 3,
    blockedUntil: Infinity,
  };
  const { buffer } = encodeSampling(state);
  assertEquals(buffer.byteLength, SAMPLING_BYTES);
  assertEquals([...new Float32Array(buffer, 0, 4)], [0.5, 0.25, 0.125, 2]);
  assertEquals([...new Uint32Array(buffer, 16)], [7, 1, 0x76543210, 0xfedcba98, 3, 0, 0xffffffff, 0]);
});
