import { bind } from "../values/binding.ts";
import type { Method, Methods } from "./methods.ts";
import { listOf, sliceRange } from "../values/sequences.ts";
import { index, isText, plain, pointCount, points, raise, typeName } from "../values/types.ts";
import { SPACE_CLASS } from "../values/unicode.ts";
import { type Evaluation, Tuple, type Value } from "../values/values.ts";

/** A str argument. @throws TemplateError if it is not a str. */
export function textArgument(value: Value | undefined, message: (type: string) => string): string {
  if (value !== undefined && isText(value)) return plain(value);
  raise("TypeError", message(typeName(value ?? null)));
}

const mustBe = (type: string) => `must be str, not ${type}`;

/** The part of a text to search, and its offset; null if it begins after the end of the text. */
function searched(text: string, start: Value | undefined, end: Value | undefined): [string, number] | null {
  const all = points(text);
  const [from, to] = sliceRange(all.length, start ?? null, end ?? null, null);
  if (start !== undefined && start !== null && index(start) > all.length) return null;
  if (from > to) return null;
  const part = all.slice(from, to);
  return [typeof part === "string" ? part : part.join(""), from];
}

function find(name: string, last: boolean, refuse: boolean): Method<string> {
  return (self, args, keywords) => {
    const [value, start, end] = bind(`str.${name}`, "/ sub start? end?", args, keywords);
    const sub = textArgument(value, mustBe);
    const part = searched(self, start, end);
    const at = part === null ? -1 : last ? part[0].lastIndexOf(sub) : part[0].indexOf(sub);
    if (part === null || at < 0) {
      if (refuse) raise("ValueError", "substring not found");
      return -1n;
    }
    return BigInt(part[1] + pointCount(part[0].slice(0, at)));
  };
}

function occurrences(text: string, sub: string): number {
  if (sub === "") return pointCount(text) + 1;
  let count = 0;
  for (let at = text.indexOf(sub); at >= 0; at = text.indexOf(sub, at + sub.length)) count++;
  return count;
}

const count: Method<string> = (self, args, keywords, ev) => {
  ev.budget.step(self.length >> 6);
  const [value, start, end] = bind("str.count", "/ sub start? end?", args, keywords);
  const sub = textArgument(value, mustBe);
  const part = searched(self, start, end);
  return part === null ? 0n : BigInt(occurrences(part[0], sub));
};

function edge(name: "startswith" | "endswith"): Method<string> {
  return (self, args, keywords) => {
    const [value, start, end] = bind(`str.${name}`, "/ prefix start? end?", args, keywords);
    const part = searched(self, start, end);
    const matches = (text: string) =>
      part !== null && (name === "startswith" ? part[0].startsWith(text) : part[0].endsWith(text));
    if (value instanceof Tuple) {
      return value.items.some((item) =>
        matches(textArgument(item, (type) => `tuple for ${name} must only contain str, not ${type}`))
      );
    }
    const first = (type: string) => `${name} first arg must be str or a tuple of str, not ${type}`;
    return matches(textArgument(value, first));
  };
}

/** Python's str.replace(); a count below 0 means all. */
export function replaceText(text: string, old: string, by: string, count: number, ev: Evaluation): string {
  const all = occurrences(text, old);
  const times = count < 0 ? all : Math.min(count, all);
  if (times === 0) return text;
  ev.budget.text(text.length + times * Math.max(0, by.length - old.length));
  ev.budget.step(times);
  if (old === "") {
    const characters = Array.from(text);
    let result = characters.slice(0, times).map((character) => by + character).join("");
    result += characters.slice(times).join("");
    return times > characters.length ? result + by : result;
  }
  if (times === all) return text.split(old).join(by);
  const parts = text.split(old);
  return parts.slice(0, times + 1).join(by) + old + parts.slice(times + 1).join(old);
}

const replace: Method<string> = (self, args, keywords, ev) => {
  const [old, by, times] = bind("str.replace", "/ old new count?", args, keywords);
  const from = textArgument(old, (type) => `replace() argument 1 must be str, not ${type}`);
  const to = textArgument(by, (type) => `replace() argument 2 must be str, not ${type}`);
  return replaceText(self, from, to, times === undefined ? -1 : index(times), ev);
};

const WORDS = new RegExp(`[^${SPACE_CLASS}]+`, "gu");

/** Python's str.split() and rsplit(). */
export function splitText(text: string, separator: string | null, most: number, right: boolean): string[] {
  if (separator === "") raise("ValueError", "empty separator");
  if (separator === null) return splitBlanks(text, most, right);
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  if (!right) return [...parts.slice(0, most), parts.slice(most).join(separator)];
  const at = parts.length - most;
  return most === 0 ? [text] : [...rightJoin(text, parts.slice(at), separator), ...parts.slice(at)];
}

function rightJoin(text: string, last: readonly string[], separator: string): string[] {
  const length = last.reduce((sum, part) => sum + part.length + separator.length, 0);
  return [text.slice(0, text.length - length)];
}

function splitBlanks(text: string, most: number, right: boolean): string[] {
  const words = [...text.matchAll(WORDS)];
  if (most < 0 || words.length <= most) return words.map((word) => word[0]);
  // The unsplit remainder keeps the whitespace at its outer end.
  if (right) {
    const end = words[words.length - most - 1];
    const kept = words.slice(words.length - most).map((word) => word[0]);
    return [text.slice(0, end.index + end[0].length), ...kept];
  }
  return [...words.slice(0, most).map((word) => word[0]), text.slice(words[most].index)];
}

function split(name: string, right: boolean): Method<string> {
  return (self, args, keywords, ev) => {
    const [separator, most] = bind(name, "sep? maxsplit?", args, keywords);
    const by = separator === undefined || separator === null
      ? null
      : textArgument(separator, (type) => `must be str or None, not ${type}`);
    const parts = splitText(self, by, most === undefined ? -1 : index(most), right);
    ev.budget.entries(parts.length);
    return parts;
  };
}

// deno-lint-ignore no-control-regex
const LINE = /([^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*)(\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/gu;

/** Python's str.splitlines(). */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  for (const [all, line] of text.matchAll(LINE)) if (all !== "") lines.push(keepEnds ? all : line);
  return lines;
}

const splitlines: Method<string> = (self, args, keywords, ev) => {
  const [keep] = bind("splitlines", "keepends?", args, keywords);
  const lines = splitLines(self, keep !== undefined && index(keep) !== 0);
  ev.budget.entries(lines.length);
  return lines;
};

function partition(name: string, last: boolean): Method<string> {
  return (self, args, keywords) => {
    const [value] = bind(`str.${name}`, "/ sep", args, keywords);
    const separator = textArgument(value, mustBe);
    if (separator === "") raise("ValueError", "empty separator");
    const at = last ? self.lastIndexOf(separator) : self.indexOf(separator);
    if (at < 0) return new Tuple(last ? ["", "", self] : [self, "", ""]);
    return new Tuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
  };
}

const join: Method<string> = (self, args, keywords, ev) => {
  const [value] = bind("str.join", "/ iterable", args, keywords);
  const items = listOf(value!, ev);
  const parts = items.map((item, i) =>
    textArgument(item, (type) => `sequence item ${i}: expected str instance, ${type} found`)
  );
  return joinText(self, parts, ev);
};

/** Joins texts, within the budget. */
export function joinText(separator: string, parts: readonly string[], ev: Evaluation): string {
  let size = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) size += part.length;
  ev.budget.text(size);
  return parts.join(separator);
}

/** Methods of str that search, split and join. */
export const STR_SEARCH: Methods<string> = {
  find: find("find", false, false),
  rfind: find("rfind", true, false),
  index: find("index", false, true),
  rindex: find("rindex", true, true),
  count,
  startswith: edge("startswith"),
  endswith: edge("endswith"),
  replace,
  split: split("split", false),
  rsplit: split("rsplit", true),
  splitlines,
  partition: partition("partition", false),
  rpartition: partition("rpartition", true),
  join,
};
