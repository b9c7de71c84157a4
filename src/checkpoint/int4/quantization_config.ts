import { dirname, join } from "../../base/paths.ts";
import { Fields, isRecord } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";

/** 4-bit format from `quantization_config`; the tensors show which modules are quantized. */
export type QuantizationConfig =
  /** Output of `llama quantize`. */
  | { readonly method: "tinygemm" }
  /** `symmetric`: true if zero points are optional. */
  | { readonly method: "compressed-tensors"; readonly symmetric: boolean }
  /** `zeroOffset`: added to a stored zero point, 1 in the first version of the format. */
  | { readonly method: "gptq"; readonly zeroOffset: 0 | 1 }
  | { readonly method: "awq" };

/** `quant_method` of the output of `llama quantize`. */
export const TINYGEMM = "tinygemm";

/**
 * Reads `quantization_config` of a config.json.
 * @param where prefix of the messages, as in `PATH/config.json: `
 * @throws DataError that names the field, for unsupported methods, widths and activations
 */
export function parseQuantizationConfig(
  config: Readonly<Record<string, unknown>>,
  where: string,
): QuantizationConfig {
  const fields = fieldsOf(config, `${where}quantization_config.`);
  const method = fields.string("quant_method", undefined);
  switch (method) {
    case TINYGEMM:
      only(fields, "bits", 4);
      only(fields, "format_version", 1);
      return { method };
    case "compressed-tensors":
      return { method, symmetric: parseCompressedTensors(fields, `${where}quantization_config.`) };
    case "gptq":
      return { method, zeroOffset: parseGptq(fields) };
    case "awq":
      parseAwq(fields);
      return { method };
    default:
      return fields.fail(
        "quant_method",
        `${unsupported(method)}, expected compressed-tensors, gptq, awq or ${TINYGEMM}`,
      );
  }
}

/** The path of config.json beside a checkpoint's files, as a message prefix. */
export function configBeside(file: string): string {
  return `${join(dirname(file), "config.json")}: `;
}

function fieldsOf(object: Readonly<Record<string, unknown>>, where: string): Fields {
  return new Fields(new Map(Object.entries(object)), where);
}

/** Refuses other values; if undefined is listed, the field may be missing or null. */
function only<T>(fields: Fields, key: string, ...expected: readonly T[]): T {
  const value = fields.get(key);
  const found = expected.find((it) => it === value);
  if (found !== undefined || value === undefined && expected.includes(undefined as T)) return found as T;
  const words = expected.filter((it) => it !== undefined).join(" or ");
  return fields.fail(key, `${unsupported(value)}, expected ${words}`);
}

function unsupported(value: unknown): string {
  return value === undefined ? "missing" : `${kindOf(value)} is unsupported`;
}

/** @throws DataError unless every field is missing, null or empty */
function nothing(fields: Fields, ...keys: readonly string[]): void {
  for (const key of keys) {
    const value = fields.get(key);
    if (value === undefined || isRecord(value) && Object.keys(value).length === 0) continue;
    fields.fail(key, `${kindOf(value)} is unsupported, expected null`);
  }
}

function parseGptq(fields: Fields): 0 | 1 {
  only(fields, "bits", 4);
  nothing(fields, "dynamic");
  only(fields, "is_marlin_format", undefined, false);
  only(fields, "pack_dtype", undefined, "int32");
  const key = fields.get("checkpoint_format") === undefined ? "format" : "checkpoint_format";
  return only(fields, key, undefined, "gptq", "gptq_v2") === "gptq_v2" ? 0 : 1;
}

function parseAwq(fields: Fields): void {
  only(fields, fields.get("bits") === undefined && fields.get("w_bit") !== undefined ? "w_bit" : "bits", 4);
  only(fields, "zero_point", undefined, true);
  for (const key of ["version", "format", "checkpoint_format"]) only(fields, key, undefined, "gemm", "GEMM");
}

function parseCompressedTensors(fields: Fields, where: string): boolean {
  only(fields, "format", "pack-quantized");
  nothing(fields, "kv_cache_scheme", "transform_config");
  const sparsity = fields.record("sparsity_config");
  if (sparsity !== null) {
    only(fieldsOf(sparsity, `${where}sparsity_config.`), "format", undefined, "dense");
  }
  const groups = Object.entries(fields.record("config_groups") ?? {});
  if (groups.length === 0) fields.fail("config_groups", "expected at least one group");
  const symmetric = groups.map(([name, group]) => {
    if (!isRecord(group)) {
      return fields.fail(`config_groups.${name}`, `expected an object, got ${kindOf(group)}`);
    }
    const scheme = fieldsOf(group, `${where}config_groups.${name}.`);
    nothing(scheme, "input_activations", "output_activations");
    only(scheme, "format", undefined, "pack-quantized");
    const weights = scheme.record("weights");
    if (weights === null) return scheme.fail("weights", "expected an object, got null");
    return parseScheme(fieldsOf(weights, `${where}config_groups.${name}.weights.`));
  });
  return symmetric.includes(true);
}

/** Checks one group's `weights`; returns true if they are symmetric. */
function parseScheme(weights: Fields): boolean {
  only(weights, "num_bits", 4);
  only(weights, "type", undefined, "int");
  only(weights, "strategy", undefined, "group", "channel");
  only(weights, "dynamic", undefined, false);
  return weights.boolean("symmetric", true);
}
