import { formatValue } from "./format_spec.ts";
import { escapeHtml } from "../values/html.ts";
import type { Methods } from "./methods.ts";
import { ascii, repr, str } from "../values/text.ts";
import { raise, refuseUndefined, typeName } from "../values/types.ts";
import { Dict, type Evaluation, type Keywords, Markup, Undefined, type Value } from "../values/values.ts";

/** The values for replacement fields. */
export interface Fields {
  readonly args: readonly Value[];
  readonly keywords: Keywords | Value;
}

/** A replacement field: `{name!conversion:spec}`. */
interface Field {
  readonly name: string;
  readonly conversion: string | null;
  readonly spec: string;
}

/** str.format() in the sandbox; Markup.format() if `escape`. @throws TemplateError if Python raises. */
export function formatTemplate(text: string, fields: Fields, escape: boolean, ev: Evaluation): string {
  return new Formatter(fields, escape, ev).format(text, 2);
}

class Formatter {
  // The index of the next `{}`; undefined once a field has an explicit index.
  #auto: number | undefined = 0;

  constructor(readonly fields: Fields, readonly escape: boolean, readonly ev: Evaluation) {}

  format(text: string, depth: number): string {
    if (depth < 0) raise("ValueError", "Max string recursion exceeded");
    let result = "";
    for (const part of parse(text)) {
      result += typeof part === "string" ? part : this.#field(part, depth);
      this.ev.budget.text(result.length);
    }
    return result;
  }

  #field({ name, conversion, spec }: Field, depth: number): string {
    const value = convert(this.#lookup(name), conversion, this.ev);
    const expanded = this.format(spec, depth - 1);
    if (!this.escape) return formatValue(value, expanded, this.ev);
    if (!(value instanceof Markup)) return escapeHtml(formatValue(value, expanded, this.ev), this.ev);
    if (expanded) raise("ValueError", "Unsupported format specification for Markup.");
    return value.text;
  }

  #numbered(name: string): string {
    if (name === "" || name.startsWith(".") || name.startsWith("[")) {
      // Only an entirely empty name is numbered automatically.
      if (name !== "") return name;
      if (this.#auto === undefined) {
        raise("ValueError", "cannot switch from manual field specification to automatic field numbering");
      }
      return String(this.#auto++);
    }
    if (/^\d+$/.test(name)) {
      if (this.#auto) {
        raise("ValueError", "cannot switch from manual field specification to automatic field numbering");
      }
      this.#auto = undefined;
    }
    return name;
  }

  #lookup(field: string): Value {
    const name = this.#numbered(field);
    const [, first, rest] = /^([^.[]*)([^]*)$/.exec(name)!;
    let value = this.#first(first);
    for (const [attribute, key] of path(rest)) {
      value = attribute ? this.ev.attribute(value, key as string) : this.ev.item(value, key);
    }
    return value;
  }

  #first(name: string): Value {
    if (/^\d+$/.test(name)) {
      const value = this.fields.args[Number(name)];
      if (value === undefined) {
        raise("IndexError", "tuple index out of range");
      }
      return value;
    }
    const { keywords } = this.fields;
    if (keywords instanceof Map) return this.#named(keywords.get(name), name);
    const mapping = keywords as Value;
    if (mapping instanceof Undefined) refuseUndefined(mapping);
    if (mapping instanceof Dict) return this.#named(mapping.get(name), name);
    raise("TypeError", `'${typeName(mapping)}' object is not a mapping`);
  }

  #named(value: Value | undefined, name: string): Value {
    if (value !== undefined) return value;
    raise("KeyError", repr(name, this.ev));
  }
}

function convert(value: Value, conversion: string | null, ev: Evaluation): Value {
  if (conversion === null) return value;
  if (conversion === "s") return str(value, ev);
  if (conversion === "r") return repr(value, ev);
  if (conversion === "a") return ascii(value, ev);
  raise("ValueError", `Unknown conversion specifier ${conversion}`);
}

/** The lookups after the first name of a field: true for an attribute, false for an item; and its key. */
function* path(text: string): Iterable<[boolean, Value]> {
  let rest = text;
  while (rest) {
    const attribute = /^\.([^.[]*)/.exec(rest);
    const item = attribute ? null : /^\[([^\]]*)\]/.exec(rest);
    const found = attribute ?? item;
    if (!found) {
      if (rest.startsWith("[")) raise("ValueError", "Missing ']' in format string");
      raise("ValueError", "Only '.' or '[' may follow ']' in format field specifier");
    }
    const key = found[1];
    if (key === "") raise("ValueError", "Empty attribute in format string");
    yield [attribute !== null, item && /^\d+$/.test(key) ? BigInt(key) : key];
    rest = rest.slice(found[0].length);
  }
}

/** The literal texts and fields of a format, in order. */
function* parse(text: string): Iterable<string | Field> {
  let at = 0;
  while (at < text.length) {
    const next = text.slice(at).search(/[{}]/);
    if (next < 0) return yield text.slice(at);
    const mark = at + next;
    if (next > 0) yield text.slice(at, mark);
    if (text[mark + 1] === text[mark]) {
      yield text[mark];
      at = mark + 2;
      continue;
    }
    if (text[mark] === "}") raise("ValueError", "Single '}' encountered in format string");
    if (mark + 1 === text.length) raise("ValueError", "Single '{' encountered in format string");
    const end = closing(text, mark);
    yield field(text.slice(mark + 1, end));
    at = end + 1;
  }
}

/** The end of the field that opens at `open`. Braces inside `[…]` do not count. */
function closing(text: string, open: number): number {
  const name = NAME.exec(text.slice(open + 1))![0];
  const start = open + 1 + name.length;
  if (text[start] === "{") raise("ValueError", "unexpected '{' in field name");
  if (start >= text.length) raise("ValueError", "expected '}' before end of string");
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  raise("ValueError", "unmatched '{' in format spec");
}

const NAME = /^(?:[^[!:{}]|\[[^\]]*(?:\]|$))*/;

function field(body: string): Field {
  const name = NAME.exec(body)![0];
  let rest = body.slice(name.length);
  if (rest === "" || rest.startsWith(":")) return { name, conversion: null, spec: rest.slice(1) };
  rest = rest.slice(1);
  const conversion = rest === "" ? undefined : String.fromCodePoint(rest.codePointAt(0)!);
  if (conversion === undefined) raise("ValueError", "unmatched '{' in format spec");
  rest = rest.slice(conversion.length);
  if (rest && !rest.startsWith(":")) raise("ValueError", "expected ':' after conversion specifier");
  return { name, conversion, spec: rest.slice(1) };
}

/** The fields of format_map(). @throws TemplateError if the arguments are not one mapping. */
export function mapFormat(args: readonly Value[], keywords: Keywords): Fields {
  if (keywords.size) raise("TypeError", "format_map() takes no keyword arguments");
  if (args.length !== 1) {
    raise("TypeError", `format_map() takes exactly one argument (${args.length} given)`);
  }
  return { args: [], keywords: args[0] };
}

/** The formatting methods of str. */
export const STR_FORMAT: Methods<string> = {
  format: (self, args, keywords, ev) => formatTemplate(self, { args, keywords }, false, ev),
  format_map: (self, args, keywords, ev) => formatTemplate(self, mapFormat(args, keywords), false, ev),
};
