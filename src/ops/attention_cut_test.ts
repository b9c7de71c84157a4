import { assert, assertEquals } from "@std/assert";
import { attentionCut, type AttentionTraits, promptParts, promptTile, splitsOf } from "./attention_cut.ts";

const HARDWARE: AttentionTraits = { software: false, subgroupSize: 32 };
const SOFTWARE: AttentionTraits = { software: true, subgroupSize: 8 };
const EIGHT_B = { heads: 32, kvHeads: 8, headDim: 128 };

Deno.test("promptTile: 64 queries together, 8 or 4 for a subgroup of a software driver, one token at least", () => {
  const tiles = (traits: AttentionTraits, headDim = 64) =>
    [[4, 4], [4, 2], [8, 1], [12, 1], [7, 1], [11, 1]].map(([heads, kvHeads]) =>
      promptTile({ heads, kvHeads, headDim }, traits)
    );
  for (const subgroupSize of [0, 4, 32]) {
    assertEquals(tiles({ ...HARDWARE, subgroupSize }), [64, 32, 8, 10, 9, 64]);
  }
  assertEquals(tiles(SOFTWARE), [8, 4, 1, 1, 1, 8]);
  assertEquals(tiles({ ...SOFTWARE, subgroupSize: 4 }), [4, 2, 1, 1, 4, 4]);
  assertEquals(tiles({ ...SOFTWARE, subgroupSize: 0 }), [64, 32, 8, 10, 9, 64]);
  assertEquals(tiles(SOFTWARE, 20), [64, 32, 8, 10, 9, 64], "lanes cannot share 5 vec4s");
});

Deno.test("attention of single tokens: an 8B model occupies a large GPU from 1,024 positions on", () => {
  const workgroups = (reach: number) =>
    EIGHT_B.heads / attentionCut(EIGHT_B, 1, HARDWARE).group * splitsOf(reach, HARDWARE);
  assertEquals(workgroups(256), 8, "one workgroup per key head: nothing to combine");
  assertEquals(workgroups(1024), 128);
  assertEquals(workgroups(131072), 512);
  assertEquals([255, 1024, 4096].map((reach) => splitsOf(reach, SOFTWARE)), [1, 4, 16]);
});

Deno.test("attention of prompts: no dispatch has more than 2e10 operations, however long the context", () => {
  const shapes = [EIGHT_B, { heads: 64, kvHeads: 8, headDim: 128 }, { heads: 12, kvHeads: 12, headDim: 64 }];
  for (const shape of shapes) {
    for (const tokens of [16, 100, 512]) {
      const parts = promptParts(shape, { tokens, slots: 1, capacity: 131072 }, HARDWARE);
      const { keys, most } = parts ?? { keys: 131072, most: 1 };
      const what = JSON.stringify({ shape, tokens, parts });
      assert(4 * shape.heads * shape.headDim * tokens * keys <= 2e10, what);
      assert(keys % 64 === 0 && keys * most >= 131072 && keys * (most - 1) < 131072, what);
    }
  }
  assertEquals(promptParts(EIGHT_B, { tokens: 512, slots: 8, capacity: 2048 }, HARDWARE), undefined);
  assertEquals(promptParts(EIGHT_B, { tokens: 128, slots: 8, capacity: 131072 }, SOFTWARE), undefined);
  // Tiles of 8 tokens, and each slot's last one; six vec4s per thread and one more.
  const { bytes } = promptParts(EIGHT_B, { tokens: 512, slots: 8, capacity: 4096 }, HARDWARE)!;
  assertEquals(bytes, (64 + 8) * 8 * (6 * 256 + 1) * 16);
});

Deno.test("attention of single tokens: cuts of every head divide its work exactly and fit any device", () => {
  for (const heads of [1, 2, 3, 4, 5, 6, 7, 8, 12, 16]) {
    for (const headDim of [4, 6, 16, 20, 32, 64, 80, 96, 100, 128, 160, 192, 256, 512, 1024]) {
      const { group, constants } = attentionCut({ heads, kvHeads: 1, headDim }, 1, HARDWARE);
      const of = (name: string) => constants[name] as number;
      const vecs = Math.ceil(headDim / 4);
      const what = JSON.stringify({ heads, headDim, group, constants });
      assertEquals(heads % group, 0, what);
      assertEquals(vecs % (of("LANES") * of("STEP")), 0, what);
      assertEquals(64 % (of("THREADS") / of("LANES")), 0, what);
      assertEquals(64 % (of("PARTS") * of("AHEAD")), 0, what);
      assert(of("PARTS") * of("COLUMNS") <= of("THREADS") && of("BLOCKS") * of("COLUMNS") >= vecs, what);
      assert(group * of("JUDGES") <= of("THREADS"), what);
      const floats = 4 * group * vecs + of("SCRATCH") + group * (64 + of("JUDGES") + 1);
      assert(4 * floats <= 16384, what);
    }
  }
});
