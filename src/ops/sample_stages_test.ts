/**
 * The two stages of the choice: recorded draws, which must stay the same bit by bit, whether candidates are
 * listed or not.
 */
import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../gpu/gpu.ts";
import type { SamplerOptions } from "../reference/sampler.ts";
import { draw, type Sequence, withGpu } from "../../tests/support/sample.ts";

/** Draws of three seeds, four each, as the kernel of one stage made them. */
const RECORDED: readonly [vocabSize: number, scale: number, SamplerOptions, tokens: number[]][] = [
  [61, 3, {}, [50, 30, 56, 43, 36, 43, 13, 36, 1, 17, 54, 31]],
  [61, 3, { temperature: 0.7, topK: 7 }, [54, 36, 54, 43, 36, 43, 17, 36, 6, 32, 54, 36]],
  [1000, 5, { topK: 40 }, [759, 363, 957, 702, 636, 711, 162, 570, 2, 228, 871, 369]],
  [1000, 5, { topK: 257 }, [764, 369, 957, 702, 618, 711, 153, 570, 2, 219, 868, 375]],
  [1000, 2, { topP: 0.8, temperature: 1.5 }, [766, 343, 960, 676, 581, 683, 161, 547, 8, 217, 837, 361]],
  [1000, 5, { minP: 0.05 }, [770, 369, 957, 704, 632, 711, 153, 581, 2, 219, 868, 379]],
  [32000, 9, {}, [24681, 11247, 30932, 21587, 18585, 21825, 5428, 17362, 450, 7046, 26688, 11693]],
  [32000, 9, { topK: 50, topP: 0.9 }, [
    23855,
    10349,
    31455,
    21717,
    17607,
    21717,
    6084,
    16335,
    162,
    7046,
    25469,
    10536,
  ]],
  [32000, 9, { topP: 0.9, temperature: 0.05 }, [
    22802,
    10536,
    30290,
    21530,
    17607,
    21530,
    6084,
    16335,
    162,
    7233,
    25020,
    10536,
  ]],
  [32000, 9, { topP: 0.95 }, [
    24691,
    11247,
    30936,
    21618,
    18585,
    21825,
    5436,
    17362,
    450,
    7096,
    26726,
    11696,
  ]],
  [32000, 9, { minP: 0.1 }, [24696, 11259, 30941, 21635, 18585, 21842, 5448, 17375, 457, 7109, 26726, 11696]],
  [32000, 9, { topK: 900, minP: 0.3 }, [
    24770,
    11372,
    30948,
    21717,
    18639,
    21979,
    5465,
    17507,
    457,
    7116,
    26796,
    11713,
  ]],
  [128256, 9, { topK: 50, topP: 0.9 }, [
    102282,
    38483,
    123527,
    92913,
    75826,
    92913,
    20103,
    69322,
    82,
    28355,
    113100,
    39242,
  ]],
  [128256, 9, { topP: 0.5, temperature: 0.02 }, [
    102282,
    38483,
    123527,
    92913,
    75826,
    95778,
    17703,
    74533,
    1899,
    26538,
    114158,
    39242,
  ]],
  // Nearly all tokens survive.
  [128256, 2, { topP: 0.99, temperature: 2 }, [
    98234,
    44522,
    123609,
    85928,
    74362,
    86875,
    20973,
    69446,
    1597,
    27911,
    106673,
    46334,
  ]],
  [128256, 9, { minP: 0.2 }, [
    98099,
    44199,
    123801,
    85885,
    74293,
    86789,
    21073,
    69370,
    1712,
    28072,
    106545,
    46057,
  ]],
];

/** Logits of which few are large, from integers only. */
function logitsOf(vocabSize: number, scale: number): Float64Array {
  return Float64Array.from({ length: vocabSize }, (_, token) => {
    const hash = Math.imul(Math.imul(token + 1, 0x9e3779b1) ^ vocabSize, 0x85ebca6b);
    const even = ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 31 - 1;
    return Math.fround(scale * even * even * even);
  });
}

/** Runs a test as on a software driver, then as on a GPU: runs and lists have other lengths there. */
async function onBoth(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  for (const software of [true, false]) {
    await withGpu(async (gpu) => {
      Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software } });
      await run(gpu);
    });
  }
}

Deno.test("sample: recorded draws stay the same, from a list or from all tokens", () =>
  onBoth(async (gpu) => {
    for (const [vocabSize, rows] of Map.groupBy(RECORDED, ([size]) => size)) {
      const sequences = rows.flatMap(([, scale, sampler]) => {
        const logits = logitsOf(vocabSize, scale);
        return [0, 1, 2].map((number): Sequence => ({
          ...{ logits, sampler, number },
          seed: BigInt(number * 7919 + 5),
          position: number * 100,
        }));
      });
      const { tokens } = await draw(gpu, sequences, 4);
      rows.forEach(([, , sampler, want], row) =>
        assertEquals(
          tokens.slice(3 * row, 3 * row + 3).flat(),
          want,
          `${vocabSize} tokens, ${JSON.stringify(sampler)}`,
        )
      );
    }
  }));

Deno.test("sample: a mask that leaves three tokens leaves them alone, greedy and drawn", () =>
  onBoth(async (gpu) => {
    const vocabSize = 32000;
    const logits = logitsOf(vocabSize, 9);
    const open = [31, 15_999, 31_999];
    const blocked = Array.from({ length: vocabSize }, (_, token) => token).filter((token) =>
      !open.includes(token)
    );
    const best = open.toSorted((a, b) => logits[b] - logits[a])[0];
    const samplers = [{}, { topK: 50 }, { topP: 0.95 }, { minP: 0.001 }, { topK: 2, topP: 0.9 }];
    const masked = { logits, blocked, blockedUntil: 100 };
    const { tokens } = await draw(
      gpu,
      [masked, ...samplers.map((sampler) => ({ ...masked, sampler: { ...sampler, temperature: 3 } }))],
      16,
    );
    assertEquals(tokens[0], Array(16).fill(best));
    for (const [i, drawn] of tokens.slice(1).entries()) {
      assert(drawn.every((token) => open.includes(token)), `${JSON.stringify(samplers[i])}: ${drawn}`);
    }
    assertEquals(new Set(tokens[1]).size, 3, "temperature 3 draws each of them");
  }));
