import { assertEquals } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { BAD_QUANTIZATION_CONFIGS, CONFIGS, TINYGEMM } from "../../../tests/support/bad_quantization.ts";
import { configBeside, parseQuantizationConfig } from "./quantization_config.ts";
import { refuses } from "../../../tests/support/checkpoint.ts";

type Json = Record<string, unknown>;

const parse = (config: Json) => parseQuantizationConfig(config, "x/config.json: ");

Deno.test("configs as the packages write them are read", () => {
  assertEquals(parse(CONFIGS.gptq), { method: "gptq", zeroOffset: 1 });
  assertEquals(parse({ ...CONFIGS.gptq, checkpoint_format: "gptq" }), { method: "gptq", zeroOffset: 1 });
  assertEquals(parse(CONFIGS.gptq_v2), { method: "gptq", zeroOffset: 0 });
  assertEquals(parse(CONFIGS.awq), { method: "awq" });
  assertEquals(parse({ quant_method: "awq", w_bit: 4, q_group_size: 128, version: "GEMM" }), {
    method: "awq",
  });
  assertEquals(parse(CONFIGS.compressed_tensors), { method: "compressed-tensors", symmetric: true });
  assertEquals(parse(TINYGEMM), { method: "tinygemm" });
  assertEquals(configBeside("a/b/model.safetensors"), "a/b/config.json: ");
});

Deno.test("whether modules may come without zero points depends on the groups", () => {
  const groups = CONFIGS.compressed_tensors.config_groups as Record<string, Json>;
  const only = { ...CONFIGS.compressed_tensors, config_groups: { group_1: groups.group_1 } };
  assertEquals(parse(only), { method: "compressed-tensors", symmetric: false });
});

Deno.test("other methods, widths, layouts and activations are refused, naming the field", async () => {
  for (const [config, field, got] of BAD_QUANTIZATION_CONFIGS) {
    const read = () => Promise.resolve().then(() => parse(config));
    await refuses(read, DataError, `x/config.json: quantization_config.${field}: `, got);
  }
});
