import { isJsonObject, type JsonObject, kindOf, writable } from "../../base/json.ts";
import { JSON_OBJECT } from "../../constraint/constraint.ts";
import type { Json } from "../../constraint/schema/located.ts";
import { badRequest } from "../http/http_error.ts";
import type { AskedConstraint } from "../work/constraint.ts";

/**
 * The constraint of a format of answers, `{"type": "text" | "json_object" | "json_schema"}`. A schema is always kept
 * to, whatever `strict` says.
 * @param where the field that has it
 * @param holder name of the object inside that has the schema; default: the format itself
 * @throws HttpError 400 that names the field
 */
export function readFormat(
  format: unknown,
  where: string,
  holder?: string,
): AskedConstraint | undefined {
  if (format === undefined || format === null) return undefined;
  if (!isJsonObject(format)) throw badRequest(`${where}: expected an object, got ${kindOf(format)}`, where);
  switch (format.type) {
    case "text":
      return undefined;
    case "json_object":
      return { constraint: JSON_OBJECT, param: where };
    case "json_schema":
      return { constraint: { kind: "jsonSchema", schema: schemaOf(format, where, holder) }, param: where };
    default:
      throw badRequest(
        `${where}.type: expected "text", "json_object" or "json_schema", got ${kindOf(format.type)}`,
        `${where}.type`,
      );
  }
}

function schemaOf(format: JsonObject, where: string, holder: string | undefined): Json {
  const at = holder === undefined ? where : `${where}.${holder}`;
  const from = holder === undefined ? format : format[holder];
  if (!isJsonObject(from)) throw badRequest(`${at}: expected an object, got ${kindOf(from)}`, at);
  if (!isJsonObject(from.schema)) {
    throw badRequest(`${at}.schema: expected a JSON schema, got ${kindOf(from.schema)}`, `${at}.schema`);
  }
  return writable(from.schema) as Json;
}
