import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { DataError, EnvironmentError } from "../errors.ts";
import { LlamaConfig } from "./config.ts";
import { inFolder, refuses } from "./testing.ts";

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

/** Fields, words of the message. */
const ROWS: [Record<string, unknown>, ...string[]][] = [
  [{ num_attention_heads: 0 }, "num_attention_heads", "got 0"],
  [{ num_attention_heads: -1 }, "num_attention_heads", "got -1"],
  [{ num_attention_heads: 1.5 }, "num_attention_heads", "got 1.5"],
  [{ num_attention_heads: "32" }, "num_attention_heads", 'got "32"'],
  [{ num_attention_heads: null }, "num_attention_heads", "got null"],
  [{ num_attention_heads: 2n ** 60n }, "num_attention_heads", "1152921504606846976"],
  [{ hidden_size: 100, num_attention_heads: 7 }, "hidden_size", "multiple of num_attention_heads (7)", "100"],
  [{ hidden_size: 10, num_attention_heads: 2 }, "head_dim", "even", "5"],
  [{ head_dim: 0 }, "head_dim", "got 0"],
  [{ num_key_value_heads: 5 }, "num_key_value_heads", "divisor of num_attention_heads (32)", "got 5"],
  [{ num_hidden_layers: 1e9 }, "num_hidden_layers", "1000000000"],
  [{ vocab_size: [] }, "vocab_size", "a list"],
  [{ intermediate_size: {} }, "intermediate_size", "an object"],
  [
    { max_position_embeddings: 2 ** 40 },
    "max_position_embeddings",
    "1099511627776",
    "1152921504606846976 bytes",
  ],
  [{ max_position_embeddings: 0 }, "max_position_embeddings"],
  [{ rms_norm_eps: Infinity }, "rms_norm_eps", "Infinity"],
  [{ rms_norm_eps: -1 }, "rms_norm_eps", "at least 0"],
  [{ rope_theta: 0 }, "rope_theta", "above 0"],
  [{ attention_dropout: 2 }, "attention_dropout", "at most 1"],
  [{ attention_bias: 1 }, "attention_bias", "true or false"],
  [{ tie_word_embeddings: "false" }, "tie_word_embeddings", '"false"'],
  [{ hidden_act: "swiglu" }, "hidden_act", "quick_gelu", '"swiglu"'],
  [{ hidden_act: "toString" }, "hidden_act"],
  [{ eos_token_id: [1, "2"] }, "eos_token_id.1", '"2"'],
  [{ pad_token_id: 0.5 }, "pad_token_id"],
  [{ dtype: "float64" }, "dtype", "unsupported"],
  [{ torch_dtype: 16 }, "torch_dtype"],
  [{ model_type: "mistral" }, "model_type", '"mistral"'],
  [{ auto_map: { AutoConfig: "x.Y" } }, "auto_map"],
  [{ partial_rotary_factor: 0.5 }, "partial_rotary_factor", "0.5", "changes the maths"],
  [{ slidingWindow: 4096 }, "sliding_window", "4096"],
  [{ layer_types: ["full_attention", "sliding_attention"] }, "layer_types"],
  [{ attn_logit_softcapping: 30 }, "attn_logit_softcapping"],
  [{ rope_parameters: { rope_theta: 5 } }, "rope_parameters"],
  [{ hidden_size: 64, hiddenSize: 64 }, "hidden_size", "twice"],
  [{ num_labels: 1e9 }, "num_labels"],
  [{ id2label: {} }, "id2label", "empty"],
  [{ id2label: { a: "x" } }, "id2label", '"a"'],
  [{ id2label: { 0: 1 } }, "id2label.0", "a string"],
  [{ id2label: [] }, "id2label", "a list"],
  [{ id2label: { 0: "x" }, label2id: { x: "0" } }, "label2id", '"x"'],
  [{ problem_type: "multi" }, "problem_type", '"multi"'],
  [{ architectures: "LlamaForCausalLM" }, "architectures", "a list of strings"],
  [{ quantization_config: 4 }, "quantization_config", "an object"],
];

for (const [fields, ...words] of ROWS) {
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
    const texts: [string, ...string[]][] = [
      ["", "end of the text"],
      ['{"hidden_size": 6', 'expected "}"'],
      ['{"rms_norm_eps": 1e999}', "rms_norm_eps", "1e999"],
      ['{"rope_scaling": {"factor": NaN}}', "rope_scaling.factor", "NaN"],
      ['{"vocab_size": 8, "vocab_size": 9}', "vocab_size", "twice"],
      ["[]", "expected an object"],
      ['{"hidden_size": 64.5}', "hidden_size", "64.5"],
      ['{"model_type": "gpt2"}', "model_type", "gpt2"],
    ];
    for (const [text, ...words] of texts) {
      await Deno.writeTextFile(path, text);
      await refuses(() => LlamaConfig.fromPretrained(folder), DataError, path, ...words);
    }
  });
});
