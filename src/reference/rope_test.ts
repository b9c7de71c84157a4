import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../base/errors.ts";
import { applyRope, type RopeConfig, ropeParameters, type RopeScaling } from "./rope.ts";

// headDim 4 and theta 10000 give the frequencies 1 and 1/100.
const CONFIG: RopeConfig = { hidden_size: 8, num_attention_heads: 2, max_position_embeddings: 16 };
const near = (got: Float64Array, want: number[]) => {
  assertEquals(got.length, want.length);
  want.forEach((x, i) => assertAlmostEquals(got[i], x, 1e-6 * Math.abs(x) + 1e-9));
};
const frequencies = (rope_scaling: RopeScaling, length = 1, config: Partial<RopeConfig> = {}) =>
  ropeParameters({ ...CONFIG, ...config, rope_scaling }, length);

Deno.test("ropeParameters: default, and linear under both names", () => {
  near(ropeParameters(CONFIG, 1).inverseFrequencies, [1, 0.01]);
  near(frequencies({ rope_type: "linear", factor: 4 }).inverseFrequencies, [0.25, 0.0025]);
  near(frequencies({ type: "linear", rope_type: "default", factor: 4 }).inverseFrequencies, [0.25, 0.0025]);
});

Deno.test("ropeParameters: dynamic grows the base beyond the maximum only", () => {
  near(frequencies({ rope_type: "dynamic", factor: 2 }, 16).inverseFrequencies, [1, 0.01]);
  // Twice the length: base · (2 · 2 - 1)^(4 / 2) = 9 · base.
  near(frequencies({ rope_type: "dynamic", factor: 2 }, 32).inverseFrequencies, [1, 0.01 / 3]);
});

Deno.test("ropeParameters: yarn keeps the fast pair and stretches the slow one; attention factor", () => {
  const yarn: RopeScaling = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 128 };
  // The ramp runs from floor(-0.1) → 0 to ceil(0.65) = 1.
  near(frequencies(yarn).inverseFrequencies, [1, 0.0025]);
  assertAlmostEquals(frequencies(yarn).attentionScaling, 0.1 * Math.log(4) + 1, 1e-15);
  assertEquals(frequencies({ ...yarn, attention_factor: 0.5 }).attentionScaling, 0.5);
  assertEquals(frequencies({ ...yarn, factor: 1 }).attentionScaling, 1);
  const both = frequencies({ ...yarn, mscale: 2, mscale_all_dim: 1 }).attentionScaling;
  assertAlmostEquals(both, (0.2 * Math.log(4) + 1) / (0.1 * Math.log(4) + 1), 1e-15);
});

Deno.test("ropeParameters: longrope switches behind the original length", () => {
  const scaling: RopeScaling = {
    rope_type: "longrope",
    short_factor: [1, 2],
    long_factor: [4, 5],
    factor: 16,
  };
  near(frequencies(scaling, 16).inverseFrequencies, [1, 0.005]);
  near(frequencies(scaling, 17).inverseFrequencies, [0.25, 0.002]);
  assertAlmostEquals(frequencies(scaling).attentionScaling, Math.sqrt(2), 1e-15);
  const original = { original_max_position_embeddings: 4 };
  near(frequencies(scaling, 5, original).inverseFrequencies, [0.25, 0.002]);
  assertAlmostEquals(frequencies(scaling, 5, original).attentionScaling, Math.sqrt(2), 1e-15);
});

Deno.test("ropeParameters: llama3 keeps short waves, stretches long ones, blends between", () => {
  // Waves of 6.28 and 628 positions.
  const scaling = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const at = (original: number) => frequencies({ ...scaling, original_max_position_embeddings: original });
  near(at(100).inverseFrequencies, [1, 0.01 / 8]);
  near(at(4000).inverseFrequencies, [1, 0.01]);
  const smooth = (1000 / (200 * Math.PI) - 1) / 3;
  near(at(1000).inverseFrequencies, [1, 0.01 * ((1 - smooth) / 8 + smooth)]);
});

Deno.test("ropeParameters: an unknown type", () => {
  for (const rope_type of ["su", "toString", undefined]) {
    assertThrows(() => frequencies({ rope_type }), DataError, "rope_scaling.rope_type: expected a rope type");
  }
});

Deno.test("applyRope: a quarter turn pairs i with i + half; position 0 stays", () => {
  const rope = { inverseFrequencies: Float64Array.of(Math.PI / 2, 0), attentionScaling: 2 };
  const x = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  near(applyRope(x, [0, 1], 1, 4, rope), [2, 4, 6, 8, -14, 12, 10, 16]);
  near(applyRope(x, [1], 2, 4, rope), [-6, 4, 2, 8, -14, 12, 10, 16]);
});
