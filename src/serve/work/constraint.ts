import { DataError } from "../../base/errors.ts";
import { writable } from "../../base/json.ts";
import { type Constraint, JSON_OBJECT } from "../../constraint/constraint.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { Json } from "../../constraint/schema/located.ts";
import { badRequest } from "../http/http_error.ts";
import type { RequestModel } from "./served_model.ts";

/** Words for programs by the kind of a constraint that cannot be used. */
const CODES: Readonly<Record<string, string>> = { regex: "invalid_regex", grammar: "invalid_grammar" };

/** A language that an answer is held to, and the field of the body that asks for it. */
export interface AskedConstraint {
  readonly constraint: Constraint;
  readonly param: string;
}

/**
 * The one constraint of a request: of its fields with the names of records, or of its format.
 * @throws HttpError 400 for more than one
 */
export function askedConstraint(
  values: Readonly<Record<string, unknown>>,
  format?: AskedConstraint,
): AskedConstraint | undefined {
  const asked: AskedConstraint[] = [];
  const { json_schema: schema, regex: pattern } = values;
  if (schema !== undefined) {
    asked.push({
      constraint: { kind: "jsonSchema", schema: writable(schema) as Json },
      param: "json_schema",
    });
  }
  if (values.json_object) asked.push({ constraint: JSON_OBJECT, param: "json_object" });
  if (pattern !== undefined) {
    asked.push({ constraint: { kind: "regex", pattern: pattern as string }, param: "regex" });
  }
  if (values.grammar !== undefined) {
    asked.push({ constraint: { kind: "grammar", grammar: values.grammar as string }, param: "grammar" });
  }
  if (format) asked.push(format);
  if (asked.length < 2) return asked[0];
  const names = asked.map(({ param }) => param).join(" and ");
  throw badRequest(`${names} contradict each other: an answer is held to one of them`, asked[1].param);
}

/** Compiles a constraint for the model. @throws HttpError 400 for what is broken, not supported or too large */
export async function compileAsked(
  model: RequestModel,
  asked: AskedConstraint | undefined,
): Promise<CompiledConstraint | undefined> {
  if (!asked) return undefined;
  const { constraint, param } = asked;
  try {
    return await model.constrain(constraint);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw badRequest(`${param}: ${error.message}`, param, CODES[constraint.kind] ?? "invalid_json_schema");
  }
}
