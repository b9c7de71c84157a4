/** The possible values of an option; ranges include their ends, `above` excludes its own. */
export type ValueKind =
  | { readonly kind: "flag" }
  | { readonly kind: "integer"; readonly min: number; readonly max?: number }
  | { readonly kind: "integers"; readonly min: number; readonly max?: number }
  | { readonly kind: "number"; readonly min?: number; readonly above?: number; readonly max?: number }
  | { readonly kind: "seed" }
  | { readonly kind: "text" }
  | { readonly kind: "path" }
  /** A JSON object or a boolean, as its text; on the command line also a file that has it. */
  | { readonly kind: "json" }
  | { readonly kind: "texts" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/**
 * Upper bound of an integer option without a limit of its own: lengths must fit the GPU's signed integers.
 */
const LARGEST_INTEGER = 2 ** 31 - 1;
const LARGEST_SEED = 2n ** 64n - 1n;

/** A value of an option; its kind decides the type. */
export type Value = boolean | number | bigint | string | number[] | string[];

/** Describes a valid value of this kind, for an error or the help: "an integer from 0 to 9". */
export function expected(spec: ValueKind): string {
  switch (spec.kind) {
    case "flag":
      return "true or false";
    case "integer":
      return `an integer from ${spec.min} to ${spec.max ?? LARGEST_INTEGER}`;
    case "integers":
      return `integers from ${spec.min} to ${spec.max ?? LARGEST_INTEGER} with commas between them`;
    case "number": {
      const bounds = [
        spec.above !== undefined
          ? `above ${spec.above}`
          : spec.min !== undefined && `of at least ${spec.min}`,
        spec.max !== undefined && `at most ${spec.max}`,
      ];
      return ["a number", bounds.filter((bound) => bound).join(" and ")].join(" ").trimEnd();
    }
    case "seed":
      return `an integer from 0 to ${LARGEST_SEED}`;
    case "text":
      return "text";
    case "path":
      return "a path or a name";
    case "json":
      return "a JSON object";
    case "texts":
      return "text that is not empty";
    case "choice":
      return "one of " + spec.choices.join(", ");
  }
}

/**
 * Parses a value from the command line; undefined if it is not {@linkcode expected}. Strict: decimal digits
 * only, no spaces, no trailing characters.
 */
export function valueFromText(spec: ValueKind, text: string): Value | undefined {
  switch (spec.kind) {
    case "flag":
      return undefined;
    case "integer":
      return /^-?\d+$/.test(text) ? inRange(spec, Number(text)) : undefined;
    case "integers": {
      const parts = text.split(",").map((part) => valueFromText({ ...spec, kind: "integer" }, part));
      return parts.every((part) => typeof part === "number") ? parts : undefined;
    }
    case "number":
      return /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? inRange(spec, Number(text)) : undefined;
    case "seed":
      return /^\d{1,20}$/.test(text) && BigInt(text) <= LARGEST_SEED ? BigInt(text) : undefined;
    case "text":
      return text;
    case "path":
    case "json":
      return text === "" ? undefined : text;
    case "texts":
      return text === "" ? undefined : [text];
    case "choice":
      return spec.choices.includes(text) ? text : undefined;
  }
}

/**
 * Reads a value of a JSON record; undefined if it is not {@linkcode expected}. An integer beyond 2^53 is a
 * `bigint` here (see {@linkcode JsonValue}), so that seeds keep all their digits.
 */
export function valueFromJson(spec: ValueKind, value: unknown): Value | undefined {
  switch (spec.kind) {
    case "flag":
      return typeof value === "boolean" ? value : undefined;
    case "integer":
    case "number":
      return typeof value === "number" ? inRange(spec, value) : undefined;
    case "seed":
      return typeof value === "number" && Number.isInteger(value) || typeof value === "bigint"
        ? valueFromText(spec, BigInt(value).toString())
        : undefined;
    case "texts": {
      const texts = typeof value === "string" ? [value] : value;
      const good = Array.isArray(texts) && texts.every((text) => typeof text === "string" && text !== "");
      return good ? texts : undefined;
    }
    case "json":
      return typeof value === "boolean" || isObject(value) ? JSON.stringify(value, rounded) : undefined;
    case "integers":
    case "text":
    case "path":
    case "choice":
      return typeof value === "string" ? valueFromText(spec, value) : undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON.stringify has no text for a bigint. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function inRange(
  spec: Extract<ValueKind, { kind: "integer" | "number" }>,
  value: number,
): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (spec.kind === "integer") {
    return Number.isInteger(value) && value >= spec.min && value <= (spec.max ?? LARGEST_INTEGER)
      ? value
      : undefined;
  }
  if (spec.above !== undefined && !(value > spec.above)) return undefined;
  if (spec.min !== undefined && value < spec.min) return undefined;
  return spec.max !== undefined && value > spec.max ? undefined : value;
}
