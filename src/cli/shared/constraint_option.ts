import { DataError, UsageError } from "../../base/errors.ts";
import { parseJson, writable } from "../../base/json.ts";
import { snakeCase } from "../../base/names.ts";
import { decodeUtf8 } from "../../base/utf8.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";
import { type Constraint, JSON_OBJECT } from "../../constraint/constraint.ts";
import type { Json } from "../../constraint/schema/located.ts";
import type { OptionValues } from "../options/options.ts";

/** Maximum size of a schema file, in bytes. */
const MOST_SCHEMA = 4 << 20;
const NAMES = ["jsonSchema", "jsonObject", "regex"] as const;

type Given = Pick<OptionValues, (typeof NAMES)[number]>;

/**
 * The constraint of the flags: a schema is JSON itself, or a file that has it.
 * @throws UsageError for a constraint that cannot be used; EnvironmentError for a file that cannot be read
 */
export async function constraintOfFlags(values: Given): Promise<Constraint | undefined> {
  const { jsonSchema } = values;
  const isText = jsonSchema === undefined || /^\s*([{[]|true\b|false\b)/.test(jsonSchema);
  const file = isText ? "" : `${jsonSchema}: `;
  const text = isText ? jsonSchema : decodeUtf8(await readSmallFile(jsonSchema, MOST_SCHEMA), jsonSchema);
  const flag = values.regex === undefined ? "--json-schema" : "--regex";
  try {
    const constraint = constraintOf({ ...values, jsonSchema: text });
    // Checked now, before the model is loaded; loaded only where it is needed.
    if (constraint) (await import("../../constraint/constraints.ts")).compile(constraint);
    return constraint;
  } catch (error) {
    throw error instanceof DataError ? new UsageError(`${flag}: ${file}${error.message}`) : error;
  }
}

/** The constraint of a record; undefined without one. @throws DataError for two, or for text that is not JSON */
export function constraintOf(values: Given): Constraint | undefined {
  const given = NAMES.filter((name) => values[name] !== undefined && values[name] !== false);
  if (given.length > 1) throw new DataError(`${given.map(snakeCase).join(" and ")} contradict each other`);
  if (values.jsonSchema !== undefined) {
    const schema = writable(parseJson(values.jsonSchema, "JSON schema"));
    return { kind: "jsonSchema", schema: schema as Json };
  }
  if (values.regex !== undefined) return { kind: "regex", pattern: values.regex };
  return values.jsonObject ? JSON_OBJECT : undefined;
}
