import { fromFileUrl } from "@std/path";

/** Invalid `quantization_config` fields, shared by the tests of the reader and the corpus. */

type Json = Record<string, unknown>;
/** Configs as the packages themselves write them, by format. */
export const CONFIGS: Record<string, Json> = JSON.parse(
  Deno.readTextFileSync(fromFileUrl(new URL("../../testdata/int4/formats.json", import.meta.url))),
);
/** The config that `llama quantize` writes. */
export const TINYGEMM: Json = { quant_method: "tinygemm", bits: 4, group_size: 128, format_version: 1 };

/** A compressed-tensors config with fields of its only group replaced. */
function scheme(group: Json, weights: Json = {}): Json {
  const { group_0 } = CONFIGS.compressed_tensors.config_groups as Record<string, Json>;
  const changed = { ...group_0, weights: { ...group_0.weights as Json, ...weights }, ...group };
  return { ...CONFIGS.compressed_tensors, config_groups: { group_0: changed } };
}

const ct = CONFIGS.compressed_tensors;
/** The config, the field, the part of its value in the message. */
export const BAD_QUANTIZATION_CONFIGS: [Json, string, string][] = [
  [{}, "quant_method", "missing"],
  [{ quant_method: "bitsandbytes" }, "quant_method", '"bitsandbytes"'],
  [{ quant_method: 4 }, "quant_method", "4"],
  [{ ...CONFIGS.gptq, bits: 8 }, "bits", "8"],
  [{ ...CONFIGS.gptq, bits: "4" }, "bits", '"4"'],
  [{ quant_method: "gptq" }, "bits", "missing"],
  [{ ...CONFIGS.gptq, checkpoint_format: "marlin" }, "checkpoint_format", '"marlin"'],
  [{ ...CONFIGS.gptq, format: "bitblas" }, "format", '"bitblas"'],
  [{ ...CONFIGS.gptq, is_marlin_format: true }, "is_marlin_format", "true"],
  [{ ...CONFIGS.gptq, pack_dtype: "int16" }, "pack_dtype", '"int16"'],
  [{ ...CONFIGS.gptq, dynamic: { "+:.*": { bits: 8 } } }, "dynamic", "an object"],
  [{ ...CONFIGS.awq, bits: 3 }, "bits", "3"],
  [{ ...CONFIGS.awq, version: "gemv" }, "version", '"gemv"'],
  [{ ...CONFIGS.awq, zero_point: false }, "zero_point", "false"],
  [{ ...ct, format: "int-quantized" }, "format", '"int-quantized"'],
  [{ ...ct, config_groups: {} }, "config_groups", "at least one"],
  [{ ...ct, config_groups: { group_0: 1 } }, "config_groups.group_0", "1"],
  [{ ...ct, config_groups: { group_0: {} } }, "config_groups.group_0.weights", "null"],
  [{ ...ct, config_groups: [1] }, "config_groups", "a list"],
  [{ ...ct, kv_cache_scheme: { num_bits: 8 } }, "kv_cache_scheme", "an object"],
  [{ ...ct, transform_config: { config_groups: {} } }, "transform_config", "an object"],
  [
    { ...ct, sparsity_config: { format: "sparse-24-bitmask" } },
    "sparsity_config.format",
    "sparse-24-bitmask",
  ],
  [scheme({ input_activations: { num_bits: 8 } }), "config_groups.group_0.input_activations", "an object"],
  [scheme({ format: "marlin-24" }), "config_groups.group_0.format", "marlin-24"],
  [scheme({}, { num_bits: 8 }), "config_groups.group_0.weights.num_bits", "8"],
  [scheme({}, { type: "float" }), "config_groups.group_0.weights.type", '"float"'],
  [scheme({}, { strategy: "tensor" }), "config_groups.group_0.weights.strategy", '"tensor"'],
  [scheme({}, { dynamic: true }), "config_groups.group_0.weights.dynamic", "true"],
  [scheme({}, { symmetric: "yes" }), "config_groups.group_0.weights.symmetric", '"yes"'],
  [{ ...TINYGEMM, format_version: 2 }, "format_version", "2"],
  [{ ...TINYGEMM, bits: 8 }, "bits", "8"],
  [{ ...ct, sparsity_config: 5 }, "sparsity_config", "5"],
  [scheme({ weights: 5 }), "config_groups.group_0.weights", "5"],
];
