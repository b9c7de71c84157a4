import type { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";

const MAX_LABELS = 2 ** 20;

/** Names of the outputs of a classification head. */
export interface Labels {
  /** Number of outputs. */
  readonly numLabels: number;
  /** Name of each output. */
  readonly id2label: Readonly<Record<number, string>>;
  /** Output index of each name. */
  readonly label2id: Readonly<Record<string, number>>;
  /** null: chosen by the number and type of the labels, as in transformers. */
  readonly problemType: "regression" | "single_label_classification" | "multi_label_classification" | null;
  /** Fields for config.json; those with transformers' default are omitted. */
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Reads num_labels, id2label, label2id and problem_type as transformers' PretrainedConfig does: id2label takes
 * precedence over num_labels; if both are missing, there are two labels.
 */
export function labelsOf(fields: Fields): Labels {
  const problemType = problemTypeOf(fields);
  const count = fields.integer("num_labels", null, { max: MAX_LABELS });
  const names = fields.record("id2label");
  if (names === null) {
    const id2label: Record<number, string> = {};
    const label2id: Record<string, number> = {};
    for (let i = 0; i < (count ?? 2); i++) {
      id2label[i] = `LABEL_${i}`;
      label2id[`LABEL_${i}`] = i;
    }
    const json = {
      ...(count !== null && count !== 2 && { id2label, label2id }),
      ...(problemType && { problem_type: problemType }),
    };
    return { numLabels: count ?? 2, id2label, label2id, problemType, json };
  }
  const id2label = namesOf(fields, names);
  const given = fields.record("label2id");
  const label2id = given === null ? inverse(id2label) : idsOf(fields, given);
  const json = { id2label, label2id, ...(problemType && { problem_type: problemType }) };
  return { numLabels: Object.keys(id2label).length, id2label, label2id, problemType, json };
}

function problemTypeOf(fields: Fields): Labels["problemType"] {
  const type = fields.string("problem_type", null);
  if (
    type === null || type === "regression" || type === "single_label_classification" ||
    type === "multi_label_classification"
  ) return type;
  return fields.fail(
    "problem_type",
    `expected regression, single_label_classification or multi_label_classification, got ${kindOf(type)}`,
  );
}

function namesOf(fields: Fields, names: Record<string, unknown>): Record<number, string> {
  const id2label: Record<number, string> = {};
  for (const [id, label] of Object.entries(names)) {
    if (!/^(0|[1-9][0-9]{0,8})$/.test(id)) fields.fail("id2label", `expected ids as keys, got ${kindOf(id)}`);
    if (typeof label !== "string") fields.fail(`id2label.${id}`, `expected a string, got ${kindOf(label)}`);
    id2label[Number(id)] = label as string;
  }
  if (Object.keys(id2label).length === 0) fields.fail("id2label", "empty, expected at least one label");
  return id2label;
}

function idsOf(fields: Fields, ids: Record<string, unknown>): Record<string, number> {
  const label2id: Record<string, number> = Object.create(null);
  for (const [label, id] of Object.entries(ids)) {
    if (!Number.isInteger(id)) {
      fields.fail("label2id", `${kindOf(label)}: expected an integer, got ${kindOf(id)}`);
    }
    label2id[label] = id as number;
  }
  return label2id;
}

function inverse(id2label: Record<number, string>): Record<string, number> {
  const label2id: Record<string, number> = Object.create(null);
  for (const [id, label] of Object.entries(id2label)) label2id[label] = Number(id);
  return label2id;
}
