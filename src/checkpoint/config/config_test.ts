import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { BAD_CONFIG_TEXTS, BAD_FIELDS } from "../../../tests/support/bad_configs.ts";
import { LlamaConfig } from "./config.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";

Deno.test("LlamaConfig has transformers' defaults", () => {
  const config = LlamaConfig.from();
  assertEquals(config.toJSON(), {
    model_type: "llama",
    vocab_size: 32000,
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 32,
    head_dim: 128,
    hidden_act: "silu",
    max_position_embeddings: 2048,
    initializer_range: 0.02,
    rms_norm_eps: 1e-6,
    use_cache: true,
    pad_token_id: null,
    bos_token_id: 1,
    eos_token_id: 2,
    pretraining_tp: 1,
    tie_word_embeddings: false,
    rope_theta: 10000,
    rope_scaling: null,
    attention_bias: false,
    attention_dropout: 0,
    mlp_bias: false,
  });
  assertEquals(config.numLabels, 2);
  assertEquals(config.id2label, { 0: "LABEL_0", 1: "LABEL_1" });
  assertEquals(config.label2id, { LABEL_0: 0, LABEL_1: 1 });
  assertEquals([config.dtype, config.problemType, config.ropeScaling], [null, null, null]);
});

Deno.test("LlamaConfig takes camelCase and snake_case and keeps what it does not know", () => {
  const fields = {
    hiddenSize: 64,
    num_attention_heads: 4,
    numKeyValueHeads: 2,
    torch_dtype: "torch.bfloat16",
  };
  const config = LlamaConfig.from({
    ...fields,
    eos_token_id: [2, 7],
    my_field: { a: [1n] },
    sliding_window: null,
  });
  assertEquals([config.headDim, config.numKeyValueHeads, config.dtype], [16, 2, "bfloat16"]);
  assertEquals(config.eosTokenId, [2, 7]);
  const json = config.toJSON();
  assertEquals([json.my_field, json.sliding_window, json.dtype], [{ a: [1] }, null, "bfloat16"]);
  assertEquals(LlamaConfig.from(json).toJSON(), json);
  assertEquals(LlamaConfig.from(config).toJSON(), json);
});

Deno.test("LlamaConfig resolves labels as transformers does", () => {
  const three = LlamaConfig.from({ numLabels: 3 });
  assertEquals(three.id2label[2], "LABEL_2");
  assertEquals(LlamaConfig.from(three).numLabels, 3);
  const named = LlamaConfig.from({ id2label: { "1": "good", "0": "bad" }, num_labels: 5 });
  assertEquals([named.numLabels, named.label2id.good, named.id2label[0]], [2, 1, "bad"]);
});

Deno.test("LlamaConfig accepts fields that change nothing", () => {
  LlamaConfig.from({
    partial_rotary_factor: 1,
    layer_types: ["full_attention"],
    pruned_heads: {},
    is_encoder_decoder: false,
    use_sliding_window: false,
    sliding_window: 4096,
    auto_map: null,
    transformers_version: "4.57.6",
    pad_token_id: -1,
    bos_token_id: null,
    eos_token_id: null,
  });
});

Deno.test("toJSON can be written whatever integers the fields hold", () => {
  const config = LlamaConfig.from({
    rope_scaling: { rope_type: "default", extra: 2n ** 64n },
    quantization_config: { bits: [2n ** 64n] },
  });
  const { rope_scaling, quantization_config } = JSON.parse(JSON.stringify(config));
  assertEquals([rope_scaling.extra, quantization_config.bits], [2 ** 64, [2 ** 64]]);
});

for (const [fields, ...words] of BAD_FIELDS) {
  Deno.test(`config refused: ${words.join(" ")}`, () => {
    const error = assertThrows(() => LlamaConfig.from(fields, "config.json"), DataError);
    for (const word of ["config.json: ", ...words]) assertStringIncludes(error.message, word);
  });
}

Deno.test("LlamaConfig.fromPretrained reads a folder or the file beside a checkpoint", async () => {
  const text = '{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 8, "rope_theta": 10000.0}';
  await inFolder({ "config.json": text, "model.safetensors": "" }, async (folder) => {
    for (const path of [folder, join(folder, "model.safetensors")]) {
      assertEquals((await LlamaConfig.fromPretrained(path)).headDim, 8);
    }
  });
});

Deno.test("LlamaConfig.fromPretrained says what is missing or broken", async () => {
  await inFolder({ other: "" }, async (folder) => {
    const path = join(folder, "config.json");
    await refuses(() => LlamaConfig.fromPretrained(join(folder, "no")), EnvironmentError, "no such folder");
    await refuses(() => LlamaConfig.fromPretrained(folder), EnvironmentError, path, "no such file");
    for (const [text, ...words] of BAD_CONFIG_TEXTS) {
      await Deno.writeTextFile(path, text);
      await refuses(() => LlamaConfig.fromPretrained(folder), DataError, path, ...words);
    }
  });
});
