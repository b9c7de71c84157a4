import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { BAD_SCALINGS, FOUR } from "../../../tests/support/bad_configs.ts";
import { LlamaConfig } from "./config.ts";

/** The scaling of a config with head_dim 8. */
function scalingOf(scaling: Record<string, unknown> | null, more: Record<string, unknown> = {}) {
  return LlamaConfig.from({ hidden_size: 32, num_attention_heads: 4, rope_scaling: scaling, ...more })
    .ropeScaling;
}

Deno.test("rope_scaling: each type with transformers' defaults filled in", () => {
  assertEquals(scalingOf(null), null);
  assertEquals(scalingOf({ rope_type: "default" }), { ropeType: "default" });
  assertEquals(scalingOf({ type: "linear", factor: 2 }), { ropeType: "linear", factor: 2 });
  assertEquals(scalingOf({ type: "dynamic", rope_type: "linear", factor: 2 }), {
    ropeType: "dynamic",
    factor: 2,
  });
  assertEquals(scalingOf({ ropeType: "linear", factor: 2.5, unused: 1 }), {
    ropeType: "linear",
    factor: 2.5,
  });
  assertEquals(scalingOf({ rope_type: "yarn", factor: 4, beta_fast: 0 }), {
    ropeType: "yarn",
    factor: 4,
    attentionFactor: 0.1 * Math.log(4) + 1,
    betaFast: 32,
    betaSlow: 1,
    originalMaxPositionEmbeddings: 2048,
    truncate: true,
  });
  const llama3 = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  assertEquals(scalingOf({ rope_type: "llama3", ...llama3 }), {
    ropeType: "llama3",
    factor: 8,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: 8192,
  });
});

Deno.test("rope_scaling: yarn's mscale fields work only together", () => {
  const factorOf = (fields: Record<string, unknown>) => {
    const scaling = scalingOf({ rope_type: "yarn", factor: 4, ...fields });
    return scaling?.ropeType === "yarn" ? scaling.attentionFactor : NaN;
  };
  const scale = (mscale: number) => 0.1 * mscale * Math.log(4) + 1;
  assertAlmostEquals(factorOf({ mscale: 2, mscale_all_dim: 0.5 }), scale(2) / scale(0.5));
  assertAlmostEquals(factorOf({ mscale: 2 }), scale(1));
  assertEquals(factorOf({ mscale: 2, mscale_all_dim: 0.5, attention_factor: 1.5 }), 1.5);
});

Deno.test("rope_scaling: longrope's original length is a sibling of it, not a field", () => {
  const lists = { rope_type: "longrope", short_factor: [1, 1, 1, 1], long_factor: [1, 2, 3, 4] };
  const inner = scalingOf({ ...lists, factor: 4, original_max_position_embeddings: 7 });
  assertEquals(inner?.ropeType === "longrope" && inner.originalMaxPositionEmbeddings, 2048);
  const outer = scalingOf(lists, { original_max_position_embeddings: 256 });
  assertEquals(outer, {
    ropeType: "longrope",
    attentionFactor: Math.sqrt(1 + Math.log(8) / Math.log(256)),
    shortFactor: [1, 1, 1, 1],
    longFactor: [1, 2, 3, 4],
    originalMaxPositionEmbeddings: 256,
  });
});

Deno.test("rope_scaling survives toJSON in config.json's names", () => {
  const config = LlamaConfig.from({ ropeScaling: { ropeType: "yarn", factor: 4, betaFast: 16 } });
  assertEquals(config.toJSON().rope_scaling, { rope_type: "yarn", factor: 4, beta_fast: 16 });
});

Deno.test("rope_scaling refused: what does not fit the rest of the config", () => {
  const rows: [Record<string, unknown>, Record<string, unknown>, string][] = [
    [{ rope_type: "dynamic", factor: 2 }, { head_dim: 2 }, "head_dim of at least 4, got 2"],
    [{ rope_type: "yarn", factor: 2 }, { rope_theta: 1 }, "rope_theta other than 1"],
    [
      { rope_type: "longrope", short_factor: FOUR, long_factor: FOUR },
      { original_max_position_embeddings: 1 },
      "attention_factor: comes out as Infinity",
    ],
  ];
  for (const [scaling, more, words] of rows) assertThrows(() => scalingOf(scaling, more), DataError, words);
});

for (const [scaling, ...words] of BAD_SCALINGS) {
  Deno.test(`rope_scaling refused: ${JSON.stringify(scaling)}`, () => {
    const error = assertThrows(() => scalingOf(scaling), DataError);
    for (const word of ["config: rope_scaling.", ...words]) assertStringIncludes(error.message, word);
  });
}
