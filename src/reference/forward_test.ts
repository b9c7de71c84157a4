import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../base/errors.ts";
import { forward, type ReferenceConfig } from "./forward.ts";
import { philoxAt, toUniform } from "./philox.ts";

const CONFIG: ReferenceConfig = {
  vocab_size: 11,
  hidden_size: 12,
  intermediate_size: 5,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  num_key_value_heads: 1,
};

function randomWeights(): Map<string, Float64Array> {
  const weights = new Map<string, Float64Array>();
  const put = (name: string, size: number) => {
    const values = Array.from({ length: size }, (_, i) => toUniform(philoxAt(1n, i, weights.size)[0]) - 0.5);
    weights.set(`model.${name}.weight`, Float64Array.from(values));
  };
  put("embed_tokens", 11 * 12);
  put("norm", 12);
  for (const n of [0, 1]) {
    for (const name of ["input_layernorm", "post_attention_layernorm"]) put(`layers.${n}.${name}`, 12);
    for (const name of ["q_proj", "o_proj"]) put(`layers.${n}.self_attn.${name}`, 12 * 12);
    for (const name of ["k_proj", "v_proj"]) put(`layers.${n}.self_attn.${name}`, 4 * 12);
    for (const name of ["gate_proj", "up_proj", "down_proj"]) put(`layers.${n}.mlp.${name}`, 5 * 12);
  }
  return weights;
}

const WEIGHTS = randomWeights();
const IDS = [3, 1, 4, 1, 5, 9];

Deno.test("forward: n tokens at once are n - 2 and then two over the cache", () => {
  const whole = forward(WEIGHTS, CONFIG, { inputIds: [IDS] });
  const first = forward(WEIGHTS, CONFIG, { inputIds: [IDS.slice(0, 4)] });
  const rest = forward(WEIGHTS, CONFIG, { inputIds: [IDS.slice(4)], past: first.cache });
  rest.logits.forEach((x, i) => assertAlmostEquals(x, whole.logits[4 * 11 + i], 1e-13));
  assertEquals(first.cache[0].keys[0].length, 4 * 4, "the first cache is as it was");
});

Deno.test("forward: left padding with its positions changes nothing", () => {
  const alone = forward(WEIGHTS, CONFIG, { inputIds: [IDS.slice(0, 4)] });
  const padded = forward(WEIGHTS, CONFIG, {
    inputIds: [[0, 0, ...IDS.slice(0, 4)], IDS],
    attentionMask: [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]],
    positionIds: [[1, 1, 0, 1, 2, 3], [0, 1, 2, 3, 4, 5]],
  });
  alone.logits.forEach((x, i) => assertAlmostEquals(padded.logits[2 * 11 + i], x, 1e-13));
});

Deno.test("forward: embeddings replace ids", () => {
  const ids = forward(WEIGHTS, CONFIG, { inputIds: [IDS] });
  const embeds = forward(WEIGHTS, CONFIG, { inputsEmbeds: [ids.steps.get("embed_tokens")!] });
  assertEquals(embeds.logits, ids.logits);
});

Deno.test("forward: steps are in the order of computation", () => {
  const names = [...forward(WEIGHTS, CONFIG, { inputIds: [[7]] }).steps.keys()];
  assertEquals(names.slice(0, 11), [
    "embed_tokens",
    "layers.0.input_layernorm",
    "layers.0.q",
    "layers.0.k",
    "layers.0.v",
    "layers.0.attentions",
    "layers.0.attention",
    "layers.0.after_attention",
    "layers.0.post_attention_layernorm",
    "layers.0.mlp_activation",
    "layers.0.output",
  ]);
  assertEquals(names.slice(-2), ["norm", "logits"]);
  assertEquals(names.length, 1 + 2 * 10 + 2);
});

Deno.test("forward: names a missing tensor", () => {
  const less = new Map(WEIGHTS);
  less.delete("model.layers.1.mlp.up_proj.weight");
  const run = () => forward(less, CONFIG, { inputIds: [IDS] });
  assertThrows(run, DataError, 'expected a tensor "model.layers.1.mlp.up_proj.weight"');
});
