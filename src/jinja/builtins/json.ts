import { reprFloat } from "../values/float_text.ts";
import { truthy } from "../values/operations.ts";
import { sorted } from "../values/order.ts";
import { listOf } from "../values/sequences.ts";
import { reprInt, str } from "../values/text.ts";
import { big, index, isInt, isText, plain, raise, typeName } from "../values/types.ts";
import { Dict, type Evaluation, Tuple, type Value } from "../values/values.ts";

/** The arguments of json.dumps() that control its output. */
export interface JsonStyle {
  readonly ascii: Value;
  readonly indent: Value;
  readonly separators: Value;
  readonly sortKeys: Value;
}

/** Python's json.dumps(). @throws TemplateError if Python raises. */
export function toJson(value: Value, style: JsonStyle, ev: Evaluation): string {
  // For a bare str, Python does not look at the indent.
  return new Writer(isText(value) ? { ...style, indent: null } : style, ev).write(value, "\n");
}

class Writer {
  readonly #indent: string | null;
  readonly #comma: string;
  readonly #colon: string;
  readonly #ascii: boolean;
  readonly #sort: boolean;

  constructor({ ascii, indent, separators, sortKeys }: JsonStyle, readonly ev: Evaluation) {
    this.#indent = indentOf(indent, ev);
    [this.#comma, this.#colon] = separatorsOf(separators, this.#indent, ev);
    this.#ascii = truthy(ascii, ev);
    this.#sort = truthy(sortKeys, ev);
  }

  write(value: Value, line: string): string {
    this.ev.budget.step();
    if (value === null) return "null";
    if (typeof value === "boolean") return value ? "true" : "false";
    if (typeof value === "bigint") return reprInt(value);
    if (typeof value === "number") return jsonFloat(value);
    if (isText(value)) return this.#quote(plain(value));
    if (Array.isArray(value)) return this.#list(value, line);
    if (value instanceof Tuple) return this.#list(value.items, line);
    if (value instanceof Dict) return this.#dict(value, line);
    raise("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
  }

  #list(items: readonly Value[], line: string): string {
    return this.#wrap("[", "]", items, line, (item, inner) => this.write(item, inner));
  }

  #dict(dict: Dict, line: string): string {
    const entries = this.#sort ? sortedEntries(dict, this.ev) : [...dict.entries()];
    return this.#wrap(
      "{",
      "}",
      entries,
      line,
      ([key, value], inner) => this.#quote(keyOf(key)) + this.#colon + this.write(value, inner),
    );
  }

  #wrap<T>(
    open: string,
    close: string,
    entries: readonly T[],
    line: string,
    write: (entry: T, line: string) => string,
  ): string {
    if (entries.length === 0) return open + close;
    const inner = line + (this.#indent ?? "");
    const parts = this.ev.budget.deeper(() => entries.map((entry) => write(entry, inner)));
    const [before, between, after] = this.#indent === null ? ["", "", ""] : [inner, inner, line];
    const separator = this.#comma + between;
    let size = separator.length * parts.length;
    for (const part of parts) size += part.length;
    this.ev.budget.text(size);
    return open + before + parts.join(separator) + after + close;
  }

  #quote(text: string): string {
    this.ev.budget.text(text.length);
    // deno-lint-ignore no-control-regex
    const quoted = text.replace(/["\\\x00-\x1f]/g, (mark) => NAMED[mark] ?? unit(mark));
    // Each UTF-16 unit gets its own escape.
    return `"${this.#ascii ? quoted.replace(/[^ -~]/g, unit) : quoted}"`;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

function unit(character: string): string {
  return "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0");
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  return reprFloat(value);
}

function keyOf(key: Value): string {
  if (isText(key)) return plain(key);
  if (key === null) return "null";
  if (typeof key === "boolean") return key ? "true" : "false";
  if (isInt(key)) return reprInt(big(key));
  if (typeof key === "number") return jsonFloat(key);
  raise("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function sortedEntries(dict: Dict, ev: Evaluation): [Value, Value][] {
  const pairs = [...dict.entries()].map((entry) => new Tuple(entry));
  return sorted(pairs, (pair) => pair, false, ev).map((pair) => [...pair.items] as [Value, Value]);
}

function indentOf(indent: Value, ev: Evaluation): string | null {
  if (indent === null) return null;
  if (isText(indent)) return plain(indent);
  if (!isInt(indent)) {
    raise("TypeError", `can't multiply sequence by non-int of type '${typeName(indent)}'`);
  }
  const count = Math.max(0, index(indent));
  ev.budget.text(count);
  return " ".repeat(count);
}

function separatorsOf(separators: Value, indent: string | null, ev: Evaluation): [string, string] {
  if (separators === null) return [indent === null ? ", " : ",", ": "];
  const pair = listOf(separators, ev);
  if (pair.length > 2) raise("ValueError", "too many values to unpack (expected 2)");
  if (pair.length < 2) {
    raise("ValueError", `not enough values to unpack (expected 2, got ${pair.length})`);
  }
  if (!pair.every(isText)) raise("TypeError", "separators must be str");
  return [str(pair[0], ev), str(pair[1], ev)];
}
