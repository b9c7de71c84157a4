import { type JsonOptions, type JsonValue, MAX_DEPTH, MAX_VALUES } from "./json_reader.ts";

/**
 * Reads a text with the built-in parser, if the result is certainly that of {@linkcode JsonReader}.
 * @returns undefined if the text is invalid or needs the careful reader: it has an integer beyond 2^53, or may have a
 *   number outside a double's range
 */
export function quickJson(text: string, options: JsonOptions): JsonValue | undefined {
  const { maxDepth = MAX_DEPTH, maxValues = MAX_VALUES, lenient = false } = options;
  const found = scan(text, options.unsignedOnly ?? false);
  if (!found.hasPlainNumbers || found.depth > maxDepth || found.values > maxValues) return undefined;
  if (!lenient && !text.isWellFormed()) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    // JSON.parse keeps the last of two equal keys: the text then has more members than the value.
    return lenient || countMembers(value, found.mayHaveSurrogates) === found.members ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Structure of a JSON text. */
interface Structure {
  depth: number;
  /** Members of all objects. */
  members: number;
  /** Upper bound of the values, escapes included. */
  values: number;
  /** True if every number is what JSON.parse makes of it. */
  hasPlainNumbers: boolean;
  /** True if an escape names one. */
  mayHaveSurrogates: boolean;
}

/** Scans a text once, without building values. */
function scan(text: string, unsignedOnly: boolean): Structure {
  let members = 0;
  let values = 1;
  let depth = 0;
  let deepest = 0;
  let hasPlainNumbers = true;
  let mayHaveSurrogates = false;
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22) {
      for (i++; i < length; i++) {
        const inside = text.charCodeAt(i);
        if (inside === 0x22) break;
        if (inside !== 0x5c) continue;
        values++;
        i++;
        if (text.charCodeAt(i) === 0x75 && (text.charCodeAt(i + 1) | 0x20) === 0x64) mayHaveSurrogates = true;
      }
    } else if (unit === 0x3a) members++;
    else if (unit === 0x2c) values++;
    else if (unit === 0x7b || unit === 0x5b) {
      values++;
      if (++depth > deepest) deepest = depth;
    } else if (unit === 0x7d || unit === 0x5d) depth--;
    else if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) {
      const start = i;
      while (i + 1 < length && isInNumber(text.charCodeAt(i + 1))) i++;
      hasPlainNumbers &&= isPlain(text, start, i + 1, unsignedOnly);
    }
  }
  return { depth: deepest, members, values, hasPlainNumbers, mayHaveSurrogates };
}

function isInNumber(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x2e || unit === 0x2d || unit === 0x2b ||
    (unit | 0x20) === 0x65;
}

/** True for a short integer, and for a short fraction that has no exponent or a negative one. */
function isPlain(text: string, start: number, end: number, unsignedOnly: boolean): boolean {
  if (end - start <= 15 && !unsignedOnly) {
    for (let i = start; i < end; i++) if ((text.charCodeAt(i) | 0x20) === 0x65) return text[i + 1] === "-";
    return true;
  }
  const number = text.slice(start, end);
  return /^\d{1,15}$/.test(number) || (!unsignedOnly && /^-?\d{1,15}\.\d{1,40}([eE]-\d+)?$/.test(number));
}

/** Members of all objects in a value; NaN if text is checked and has a lone surrogate. */
function countMembers(value: JsonValue, checksText: boolean): number {
  if (typeof value === "string") return checksText && !value.isWellFormed() ? NaN : 0;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item, checksText);
    return count;
  }
  for (const key in value) {
    count += countMembers(value[key], checksText) + 1;
    if (checksText && !key.isWellFormed()) return NaN;
  }
  return count;
}
