import { assertEquals } from "@std/assert";
import { LlamaConfig } from "./config.ts";

/** theta and scaling of a config of head_dim 8. */
function ropeOf(more: Record<string, unknown>) {
  const config = LlamaConfig.from({ hidden_size: 32, num_attention_heads: 4, ...more });
  // The output of toJSON reads back the same.
  assertEquals(LlamaConfig.from(config.toJSON()).ropeScaling, config.ropeScaling);
  assertEquals(config.toJSON().rope_parameters, undefined);
  return [config.ropeTheta, config.ropeScaling];
}

Deno.test("rope_parameters: theta and scaling of transformers 5 in one object", () => {
  assertEquals(ropeOf({ rope_parameters: { rope_theta: 5e5, rope_type: "default" } }), [5e5, null]);
  assertEquals(ropeOf({ ropeParameters: { ropeTheta: 7 } }), [7, null]);
  assertEquals(ropeOf({ rope_parameters: { rope_type: "linear", factor: 2 }, rope_theta: 9 }), [9, {
    ropeType: "linear",
    factor: 2,
  }]);
  for (const nothing of [null, {}]) assertEquals(ropeOf({ rope_parameters: nothing }), [10000, null]);
});

Deno.test("rope_parameters: rope_scaling wins, as in transformers 5", () => {
  const rope_parameters = { rope_theta: 5, rope_type: "dynamic", factor: 4 };
  const rope_scaling = { rope_type: "linear", factor: 2 };
  const expected = [10000, { ropeType: "linear", factor: 2 }];
  assertEquals(ropeOf({ rope_parameters, rope_scaling }), expected);
  assertEquals(ropeOf({ rope_parameters, rope_scaling: null }), [5, { ropeType: "dynamic", factor: 4 }]);
});

Deno.test("rope_parameters: the pretrained length is there or beside, or is the context", () => {
  const llama3 = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const lengthOf = (inner: object, outer: object) => {
    const [, scaling] = ropeOf({ rope_parameters: { ...llama3, ...inner }, ...outer });
    return (scaling as { originalMaxPositionEmbeddings: number }).originalMaxPositionEmbeddings;
  };
  assertEquals(lengthOf({ original_max_position_embeddings: 64 }, {}), 64);
  assertEquals(lengthOf({}, { max_position_embeddings: 512 }), 512);
  assertEquals(lengthOf({}, {}), 2048);
  const outer = { original_max_position_embeddings: 32 };
  assertEquals(lengthOf({ original_max_position_embeddings: 64 }, outer), 32);
});

Deno.test("rope_parameters: longrope takes the factor that is given, not the ratio of the lengths", () => {
  const lists = { rope_type: "longrope", short_factor: [1, 1, 1, 1], long_factor: [1, 2, 3, 4] };
  const attention = (factor: object) => {
    const rope_parameters = { ...lists, original_max_position_embeddings: 256, ...factor };
    const [, scaling] = ropeOf({ rope_parameters, max_position_embeddings: 2048 });
    const { attentionFactor, originalMaxPositionEmbeddings } = scaling as Record<string, unknown>;
    assertEquals(originalMaxPositionEmbeddings, 256);
    return attentionFactor;
  };
  assertEquals(attention({}), Math.sqrt(1 + Math.log(8) / Math.log(256)));
  assertEquals(attention({ factor: 4 }), Math.sqrt(1 + Math.log(4) / Math.log(256)));
  assertEquals(attention({ factor: 4, attention_factor: 1.5 }), 1.5);
});
