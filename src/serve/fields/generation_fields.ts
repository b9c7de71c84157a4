import { snakeCase } from "../../base/names.ts";
import type { ValueKind } from "../../base/values.ts";
import type { Row } from "../../generate/options/row.ts";
import { type FieldName, ROWS } from "../../generate/options/table.ts";
import type { AskedOptions } from "../../generate/request/asked.ts";
import type { BodyField, FieldTable } from "./body_field.ts";

/** Kinds of rows that a request states as a record does. */
const PLAIN: ReadonlySet<string> = new Set(["flag", "integer", "number", "texts", "choice"]);

/** The generation options of the table that a body may set, under the names of records. */
export const GENERATION_FIELDS: FieldTable = Object.fromEntries(
  ROWS.filter(([, row]) => row.places.includes("body")).flatMap(([name, row]) => fieldsOf(name, row)),
);

function fieldsOf(name: string, row: Row): [string, BodyField][] {
  const help = row.body?.why ?? row.flag?.help ?? "as in transformers' GenerationConfig";
  const use = row.body?.use ?? (row.by === "nobody" ? "ignored" : "used");
  const fields: [string, BodyField][] = [];
  // The option's name in a record.
  if (row.flag && row.kind === "seed") fields.push([name, { kind: "seed64", use, help, option: "seed" }]);
  else if (row.flag && PLAIN.has(row.kind)) {
    const option = (row.flag.name ?? name) as keyof AskedOptions;
    const harmless = row.body?.harmless;
    fields.push([snakeCase(option), { ...row as ValueKind, use, help, option, harmless }]);
  }
  // The field's name in generation_config.json.
  if (fields[0]?.[0] !== snakeCase(name) && "default" in row) {
    fields.push([snakeCase(name), {
      kind: "row",
      row: name as FieldName,
      use,
      help,
      harmless: row.body?.harmless,
    }]);
  }
  return fields;
}

/** In place of the row of the table, for APIs that have one answer a request. */
export const ONE_ANSWER: FieldTable = {
  num_return_sequences: {
    ...GENERATION_FIELDS.num_return_sequences,
    use: "refused",
    harmless: [1],
    help: "one answer a request",
  },
};
