import { DataError } from "../../base/errors.ts";
import { Fields } from "../../base/fields.ts";
import { isJsonObject, type JsonObject, kindOf } from "../../base/json.ts";
import { snakeCase } from "../../base/names.ts";
import { nearest } from "../../base/nearest.ts";
import { expected, valueFromJson } from "../../base/values.ts";
import { checkGenerationFields } from "../../generate/options/checks.ts";
import { selfContradiction } from "../../generate/options/greedy.ts";
import type { AskedOptions, AskedRecord } from "../../generate/request/asked.ts";
import { badRequest } from "../http/http_error.ts";
import type { BodyField, FieldTable } from "./body_field.ts";

/** The checked fields of a body. */
export interface ReadBody {
  /** The generation options. */
  readonly asked: AskedRecord;
  /** The other fields, by their names in the body; a field that is null is absent. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Fields that no table knows, which are ignored. */
  readonly unknown: readonly string[];
}

/**
 * Checks a body against the table of its endpoint.
 * @throws HttpError 400 that names the field
 */
export function readFields(table: FieldTable, body: JsonObject): ReadBody {
  const options: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const generation: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, given] of Object.entries(body)) {
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!field) {
      refuseMisspelled(name, table);
      unknown.push(name);
    } else if (given === null || field.use === "ignored") continue;
    else if (field.use === "refused") refuse(name, field, given);
    else if (field.kind === "row") Object.assign(generation, readRow(name, field.row, body));
    else {
      const value = readValue(name, field, given);
      if (field.option === undefined) values[name] = value;
      else setOption(field.option, name, value);
    }
  }
  for (const [name, { isRequired }] of Object.entries(table)) {
    if (isRequired && (body[name] ?? null) === null) {
      throw badRequest(`${name}: expected a value, got nothing`, name);
    }
  }
  const problem = selfContradiction(options, snakeCase);
  if (problem !== undefined) throw badRequest(problem, "do_sample");
  const hasRows = Object.keys(generation).length > 0;
  return { asked: { ...options as AskedOptions, ...(hasRows && { generation }) }, values, unknown };

  function setOption(option: string, name: string, value: unknown): void {
    const before = origins.get(option);
    if (before !== undefined && options[option] !== value) {
      throw badRequest(`${name}: expected the value of ${before}, which means the same, got another`, name);
    }
    options[option] = value;
    origins.set(option, name);
  }
}

/** A field that is nearly that of the table is a slip: its effect would be missed. */
function refuseMisspelled(name: string, table: FieldTable): void {
  const guess = name.length < 4 ? undefined : nearest(name, Object.keys(table));
  if (guess === undefined || Math.abs(guess.length - name.length) > 1) return;
  throw badRequest(
    `unknown field ${JSON.stringify(name.slice(0, 60))}; did you mean "${guess}"?`,
    name.slice(0, 60),
  );
}

function refuse(name: string, { harmless = [], help }: BodyField, given: unknown): void {
  const isHarmless = harmless.some((value) => JSON.stringify(value) === JSON.stringify(given));
  if (!isHarmless) throw badRequest(`${name}: not supported: ${help}`, name, "unsupported_parameter");
}

function readRow(name: string, row: string, body: JsonObject): Record<string, unknown> {
  try {
    return checkGenerationFields(new Fields(new Map(Object.entries(body)), ""), new Map([[row, name]]));
  } catch (error) {
    if (error instanceof DataError) throw badRequest(error.message, name);
    throw error;
  }
}

function readValue(name: string, field: BodyField, given: unknown): unknown {
  const mismatch = (wanted: string) => badRequest(`${name}: expected ${wanted}, got ${kindOf(given)}`, name);
  switch (field.kind) {
    case "any":
    case "row":
      return given;
    case "object":
      if (!isJsonObject(given)) throw mismatch("an object");
      return given;
    case "list":
      if (!Array.isArray(given)) throw mismatch("a list");
      return given;
    case "seed64": {
      const isInteger = typeof given === "bigint" || Number.isSafeInteger(given);
      const seed = isInteger ? BigInt(given as number) : undefined;
      if (seed === undefined || seed < -(2n ** 63n) || seed >= 2n ** 64n) throw mismatch("a 64-bit integer");
      return BigInt.asUintN(64, seed);
    }
    default: {
      const value = valueFromJson(field, given);
      if (value === undefined) throw mismatch(expected(field));
      return value;
    }
  }
}
