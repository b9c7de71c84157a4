import { DataError } from "../../base/errors.ts";

/** Same limit as serde_json, the reference's reader. */
const MAX_DEPTH = 128;

/**
 * Parses a JSON file strictly: UTF-8 without a byte-order mark, nesting of at most 128, no duplicate keys. `JSON.parse`
 * keeps the last of two equal keys, so the members are counted in the text and compared with its result.
 *
 * @throws DataError naming the file, and the key or the offset.
 */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DataError(`${file}: expected UTF-8, got bytes that are not`);
  }
  if (text.charCodeAt(0) === 0xfeff) {
    throw new DataError(`${file}: offset 0: expected JSON, got a byte-order mark`);
  }
  const members = scanStructure(text, file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, " ").slice(0, 160);
    throw new DataError(`${file}: expected JSON, got ${reason}`);
  }
  // Checked only if the text may contain one: an escaped surrogate, or a number with a large exponent.
  if (/\\u[dD][89a-fA-F]|\d[eE]\+?\d\d|\d{300}/.test(text)) refuseUnusable(value, file);
  if (countMembers(value) !== members) {
    const key = JSON.stringify(findRepeatedKey(text));
    throw new DataError(`${file}: expected every key once, got ${key} twice in one object`);
  }
  return value;
}

/** Counts the members of all objects in the text and limits the nesting, without building values. */
function scanStructure(text: string, file: string): number {
  let members = 0;
  let depth = 0;
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22) {
      for (i++; i < length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (unit === 0x3a) members++;
    else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > MAX_DEPTH) {
        throw new DataError(`${file}: offset ${i}: expected nesting of at most ${MAX_DEPTH}, got deeper`);
      }
    } else if (unit === 0x7d || unit === 0x5d) depth--;
  }
  return members;
}

function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object") count += countMembers(item);
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const key in record) {
    count++;
    const item = record[key];
    if (typeof item === "object") count += countMembers(item);
  }
  return count;
}

/** A lone surrogate is not a character, and 1e999 is not a number. */
function refuseUnusable(value: unknown, file: string): void {
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new DataError(
      `${file}: expected text, got a lone surrogate in ${JSON.stringify(value.slice(0, 40))}`,
    );
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new DataError(`${file}: expected numbers that a double holds, got a greater one`);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    refuseUnusable(key, file);
    refuseUnusable(item, file);
  }
}

/** Slow path for an error message: walks valid JSON with a stack of key sets. */
function findRepeatedKey(text: string): string {
  const stack: Set<string>[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === "{" || token === "[") stack.push(new Set());
    else if (token === "}" || token === "]") stack.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - colon.length)) as string;
      const seen = stack[stack.length - 1];
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return "a key";
}
