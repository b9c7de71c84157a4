import { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import { ropeScalingFields } from "./rope_scaling.ts";

/** Types for which transformers 5 sets a pretrained length; default: max_position_embeddings. */
const WITH_LENGTH: readonly unknown[] = ["llama3", "yarn", "longrope"];

/** Fields of a config with the rotary embedding in a single form. */
export interface RopeForm {
  readonly values: Map<string, unknown>;
  /** The source field, for messages. */
  readonly name: "rope_parameters" | "rope_scaling";
}

/**
 * Converts `rope_parameters` of transformers 5 to the equivalent `rope_theta` and `rope_scaling` of 4.57. If
 * `rope_scaling` is set too, it takes precedence, as in transformers 5.
 *
 * @param where prefix of the messages, e.g. `config.json: `
 * @throws DataError that names the field
 */
export function olderRopeForm(values: Map<string, unknown>, where: string): RopeForm {
  const fields = new Fields(values, where);
  const given = fields.record("rope_parameters");
  const rest = new Map(values);
  rest.delete("rope_parameters");
  const scaling = fields.get("rope_scaling");
  if (given === null || Object.keys(scaling ?? {}).length > 0) return { values: rest, name: "rope_scaling" };
  const inner = ropeScalingFields(given);
  refuseOthers(inner, new Fields(new Map(Object.entries(inner)), `${where}rope_parameters.`));
  const { rope_theta, partial_rotary_factor: _, ...own } = inner;
  if ((rope_theta ?? null) !== null) rest.set("rope_theta", rope_theta);
  const type = own.type ?? (own.rope_type ??= "default");
  const length = fields.get("original_max_position_embeddings") ?? own.original_max_position_embeddings ??
    fields.get("max_position_embeddings") ?? 2048;
  if (WITH_LENGTH.includes(type)) own.original_max_position_embeddings = length;
  if (type === "longrope") {
    rest.set("original_max_position_embeddings", length);
    // 4.57 uses the ratio of both lengths; 5 uses an explicit factor.
    if (typeof own.factor === "number" && own.factor >= 1 && (own.attention_factor ?? null) === null) {
      own.attention_factor = Math.sqrt(1 + Math.log(own.factor) / Math.log(Number(length)));
    }
  }
  rest.set("rope_scaling", type === "default" ? null : own);
  return { values: rest, name: "rope_parameters" };
}

/** Refuses partial rotary embeddings and per-layer-type parameters, which a Llama does not have. */
function refuseOthers(inner: Readonly<Record<string, unknown>>, fields: Fields): void {
  if ((fields.number("partial_rotary_factor", null) ?? 1) !== 1) {
    fields.fail("partial_rotary_factor", "changes the maths and is unsupported in a Llama, expected 1");
  }
  for (const [key, value] of Object.entries(inner)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      fields.fail(key, `expected a number, a word or a list, got ${kindOf(value)}`);
    }
  }
}
