import type { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import type { WeightDtype } from "../tensors/types.ts";

/** Bounds of a token id; old files use negative ids for "none". */
export const TOKEN = { min: -(2 ** 31), max: 2 ** 31 - 1 };

const DTYPES: Readonly<Record<string, WeightDtype>> = {
  float32: "float32",
  float: "float32",
  float16: "float16",
  half: "float16",
  bfloat16: "bfloat16",
};

/** PyTorch's names of dtypes that this program does not compute in. */
const OTHER_DTYPES =
  /^(float64|double|float8_(e4m3fn|e4m3fnuz|e5m2|e5m2fnuz|e8m0fnu)|float4_e2m1fn_x2|u?int(8|16|32|64)|bool|complex(64|128))$/;

/** Width of a head. @throws DataError if it is odd or not an integer */
export function headDimOf(fields: Fields, hiddenSize: number, heads: number): number {
  const given = fields.integer("head_dim", null, { min: 2, max: 2 ** 16 });
  if (given === null && hiddenSize % heads !== 0) {
    fields.fail(
      "hidden_size",
      `expected a multiple of num_attention_heads (${heads}) as there is no head_dim, got ${hiddenSize}`,
    );
  }
  const headDim = given ?? hiddenSize / heads;
  if (headDim % 2 !== 0) fields.fail("head_dim", `expected an even number, got ${headDim}`);
  return headDim;
}

/** Token prepended to a text. Old files have a list, which is ignored: the tokenizer decides how a prompt begins. */
export function bosTokenIdOf(fields: Fields, value: unknown): number | null {
  if (value === null) return null;
  if (!Array.isArray(value)) return fields.integer("bos_token_id", 1, TOKEN);
  fields.integers("bos_token_id", TOKEN);
  fields.note("bos_token_id", "a list is ignored: the tokenizer decides what a prompt begins with");
  return null;
}

/** Tokens that end a text. */
export function eosTokenIdOf(fields: Fields, value: unknown): number | number[] | null {
  if (value === null) return null;
  return Array.isArray(value)
    ? fields.integers("eos_token_id", TOKEN)
    : fields.integer("eos_token_id", 2, TOKEN);
}

/** Dtype that the file sets for the weights; null if it sets none, or an unsupported one. */
export function dtypeOf(fields: Fields): WeightDtype | null {
  const key = fields.get("dtype") !== undefined ? "dtype" : "torch_dtype";
  const name = fields.string(key, null);
  if (name === null) return null;
  const dtype = name.replace(/^torch\./, "");
  if (Object.hasOwn(DTYPES, dtype)) return DTYPES[dtype];
  if (!OTHER_DTYPES.test(dtype)) {
    fields.fail(key, `${kindOf(name)} is unknown, expected one like float32, float16 or bfloat16`);
  }
  fields.note(key, `${kindOf(name)} is ignored: the weights keep the types of their files`);
  return null;
}
