import { DataError } from "../../base/errors.ts";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json };

/** A schema that is broken or uses what is not supported. The message begins with a JSON pointer. */
export class SchemaError extends DataError {
  override name = "SchemaError";

  constructor(readonly pointer: string, problem: string) {
    super(`JSON schema #${pointer}: ${problem}`);
  }
}

/** A schema and the JSON pointer to it. */
export interface Located {
  readonly schema: boolean | JsonObject;
  readonly pointer: string;
}

/** A schema with its pointer. @throws SchemaError if the value is neither an object nor a boolean */
export function locate(value: Json | undefined, pointer: string): Located {
  if (typeof value === "boolean" || isObject(value)) return { schema: value, pointer };
  throw new SchemaError(pointer, `expected a schema (an object or a boolean), got ${describe(value)}`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The kind of a value, for messages. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A name as a part of a JSON pointer (RFC 6901). */
export function token(name: string | number): string {
  return String(name).replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * The schema that a `$ref` names: `#`, or a JSON pointer into the same document.
 * @throws SchemaError if there is none, or if it is in another document
 */
export function resolve(root: Json, reference: Json, at: string): Located {
  if (typeof reference !== "string") {
    throw new SchemaError(at, `expected a string, got ${describe(reference)}`);
  }
  if (reference !== "#" && !reference.startsWith("#/")) {
    throw new SchemaError(
      at,
      `${JSON.stringify(reference)}: only references into this schema (#, #/…) are supported`,
    );
  }
  let value: Json | undefined = root;
  let pointer = "";
  let fragment: string;
  try {
    fragment = decodeURIComponent(reference.slice(1));
  } catch {
    throw new SchemaError(at, `${JSON.stringify(reference)} is not a valid reference`);
  }
  for (const part of fragment.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    pointer += `/${part}`;
    if (value === undefined) throw new SchemaError(at, `${JSON.stringify(reference)} names nothing`);
  }
  return locate(value, pointer);
}
