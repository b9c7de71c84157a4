/** The sample kernel: its draws against the reference's. */
import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../gpu/gpu.ts";
import { argmax } from "../reference/argmax.ts";
import { chiSquare } from "../reference/chi_square.ts";
import { philoxAt, toUniform } from "../reference/philox.ts";
import { sampleDistribution } from "../reference/sampler.ts";
import { draw, type Sequence, spread, withGpu } from "../../tests/support/sample.ts";
import { EPS, numbers } from "../../tests/support/ops.ts";

/**
 * Compares draws with the reference: the reference's uniform number must fall into the drawn token's share
 * (up to the rounding of sums), so a token outside the allowed set never passes; then all together with
 * Pearson's chi-square.
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
        `${place}: drew ${token} with the share ${before} to ${
          before + p[token]
        }, the reference's number is ${u}`,
      );
      counts[token]++;
      p.forEach((share, id) => expected[id] += share);
      previous.push(token);
      total++;
    }
  }
  const { square, classes, limit } = chiSquare(counts, expected);
  assert(
    square <= limit,
    `${what}: chi-square ${square} of ${total} draws in ${classes} classes, limit ${limit}`,
  );
}

/** Samples from each setup in several sequences, with different seeds, positions and sequence numbers, in one run. */
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

/** Logits with many ties. */
const tied = (vocabSize: number) => spread(vocabSize, 1).map((x) => Math.round(x * 2) / 2);

Deno.test("sample: the reference's draws and distribution, 61 tokens", () =>
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
      24,
      36,
    );
  }));

Deno.test("sample: the reference's draws on a device that is not a software driver", () =>
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

Deno.test("sample: the reference's draws, 32000 tokens", () =>
  withGpu(async (gpu) => {
    const logits = spread(32000, 3);
    await checkSetups(
      gpu,
      [
        { logits, sampler: { temperature: 0.7, topK: 50 } },
        { logits, sampler: { topK: 40, topP: 0.9, minP: 0.02 } },
      ],
      2,
      8,
    );
  }));

Deno.test("sample: the reference's draws around the number of listed candidates", () =>
  withGpu(async (gpu) => {
    const logits = spread(1000, 2);
    // The 250th has ten ties: more candidates than requested, and more than are listed.
    const equals = logits.slice();
    const [level] = logits.toSorted().slice(-250);
    for (let id = 3; id < 1000; id += 100) equals[id] = level;
    await checkSetups(
      gpu,
      [
        ...[1, 255, 256, 257].map((topK) => ({ logits, sampler: { topK } })),
        ...[250, 251].map((topK) => ({ logits: equals, sampler: { topK, temperature: 3 } })),
        { logits: tied(1000), sampler: { topK: 40, minP: 0.1 } },
        { logits, sampler: { topK: 256, topP: 0.8, minP: 0.01 }, penalty: 1.2, seen: [5, 700] },
      ],
      16,
      20,
    );
  }));

Deno.test("sample: the reference's draws and choices, 128256 tokens", () =>
  withGpu(async (gpu) => {
    const logits = spread(128256, 3);
    const equal = new Float64Array(128256).fill(2.5);
    await checkSetups(
      gpu,
      [
        { logits, sampler: { topK: 50, topP: 0.9 } },
        // 17 bits of the generator are visible in each token.
        { logits: equal, sampler: {} },
      ],
      2,
      4,
    );
    const late = logits.slice();
    late[128255] = late[70001] = 50;
    const { tokens } = await draw(gpu, [{ logits }, { logits: equal }, { logits: late }], 1);
    assertEquals(tokens.flat(), [argmax(logits, 1, 128256)[0], 0, 70001]);
  }));

Deno.test("sample: blocked tokens are suppressed before their step", () =>
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

Deno.test("sample: the largest random number does not draw a token without weight", () =>
  withGpu(async (gpu) => {
    // With this seed the first number is 1 - 2^-24: subtracting weights one by one may leave more than the
    // last.
    const seed = 16390493n;
    assertEquals(toUniform(philoxAt(seed, 0, 0)[0]), 1 - 2 ** -24);
    const sequences = Array.from({ length: 200 }, (_, i): Sequence => {
      const logits = numbers(i, 1000, 2);
      // The weight precedes the last token, which has none.
      logits.set(numbers(i, 3, 1, 9), 996);
      logits[999] = i % 2 ? 0 : -200;
      return { logits, sampler: {}, seed, blocked: [999], blockedUntil: i % 2 };
    });
    const { tokens } = await draw(gpu, sequences, 1);
    tokens.forEach(([token], i) => assert(token < 999, `sequence ${i} drew ${token}`));
  }));
