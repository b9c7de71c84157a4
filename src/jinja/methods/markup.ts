import { bind } from "../values/binding.ts";
import { ENTITIES } from "./entities.ts";
import { formatTemplate, mapFormat } from "./format.ts";
import { escapeText } from "../values/html.ts";
import type { Method, Methods } from "./methods.ts";
import { listOf } from "../values/sequences.ts";
import { STR_METHODS } from "./str_methods.ts";
import { raise } from "../values/types.ts";
import {
  type Evaluation,
  type Keywords,
  Markup,
  TemplateError,
  Tuple,
  type Value,
} from "../values/values.ts";

/** Methods that return Markup. */
const SAFE = new Set(
  ("split rsplit splitlines capitalize title lower upper lstrip rstrip strip translate expandtabs swapcase zfill " +
    "casefold removeprefix removesuffix partition rpartition replace ljust rjust center join").split(" "),
);

function safe(value: Value): Value {
  if (typeof value === "string") return new Markup(value);
  if (Array.isArray(value)) return value.map(safe);
  return value instanceof Tuple ? new Tuple(value.items.map(safe)) : value;
}

/** The arguments of a method, with those that become part of the text escaped. */
function escaped(name: string, args: readonly Value[], ev: Evaluation): readonly Value[] {
  const escape = (value: Value) => escapeText(value, ev);
  if (name === "join" && args.length === 1) return [listOf(args[0], ev).map(escape)];
  if (!["replace", "ljust", "rjust", "center"].includes(name) || args.length < 2) return args;
  return [args[0], escape(args[1]), ...args.slice(2)];
}

function wrapped(name: string, method: Method<string>): Method<Markup> {
  return (self, args, keywords, ev) => {
    if (!SAFE.has(name)) return method(self.text, args, keywords, ev);
    return safe(method(self.text, escaped(name, args, ev), keywords, ev));
  };
}

/** Replaces HTML entities by their characters. @throws TemplateError for a name that is not in HTML 4. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g, (all, body: string) => {
    if (body.startsWith("#")) return numbered(all, body.replace(";", ""));
    const name = body.replace(";", "");
    const character = ENTITIES.get(name);
    if (body.endsWith(";") && character !== undefined) return character;
    if (!/^[A-Za-z]/.test(name)) return all;
    throw new TemplateError(`unescape: expected an HTML 4 entity, got ${all}`);
  });
}

function numbered(all: string, body: string): string {
  const point = /^#[xX]/.test(body) ? parseInt(body.slice(2), 16) : parseInt(body.slice(1), 10);
  if (point < 0x20 && ![9, 10, 12].includes(point) || point >= 0x7f && point < 0xa0) {
    throw new TemplateError(`unescape: expected a printable character, got ${all}`);
  }
  if (point >= 0xd800 && point <= 0xdfff || point > 0x10ffff) return "\ufffd";
  if ((point & 0xfffe) === 0xfffe || point >= 0xfdd0 && point <= 0xfdef) return "";
  return String.fromCodePoint(point);
}

/** Removes tags and comments, collapses whitespace and replaces entities. */
export function stripTags(text: string): string {
  let [result, at] = ["", 0];
  for (let start = text.indexOf("<"); start >= 0; start = text.indexOf("<", at)) {
    const comment = text.startsWith("<!--", start);
    const end = comment ? text.indexOf("-->", start + 4) : text.indexOf(">", start);
    if (end < 0) break;
    result += text.slice(at, start);
    at = end + (comment ? 3 : 1);
  }
  const words = STR_METHODS.split(result + text.slice(at), [], new Map(), NOTHING) as string[];
  return unescapeHtml(words.join(" "));
}

const NOTHING = { budget: { entries() {}, step() {}, text() {} } } as unknown as Evaluation;

function formatMethod(map: boolean): Method<Markup> {
  return (self, args, keywords, ev) => {
    const fields = map ? mapFormat(args, keywords) : { args, keywords };
    return new Markup(formatTemplate(self.text, fields, true, ev));
  };
}

function none(call: string, args: readonly Value[], keywords: Keywords): void {
  if (args.length || keywords.size) raise("TypeError", `${call}() takes 1 positional argument`);
}

/** All public methods of Markup. */
export const MARKUP_METHODS: Methods<Markup> = {
  ...Object.fromEntries(Object.entries(STR_METHODS).map(([name, method]) => [name, wrapped(name, method)])),
  format: formatMethod(false),
  format_map: formatMethod(true),
  striptags: (self, args, keywords) => {
    none("Markup.striptags", args, keywords);
    return stripTags(self.text);
  },
  unescape: (self, args, keywords) => {
    none("Markup.unescape", args, keywords);
    return unescapeHtml(self.text);
  },
  escape: (_self, args, keywords, ev) => {
    const [value] = bind("Markup.escape", "s", args, keywords);
    return new Markup(escapeText(value!, ev));
  },
};
