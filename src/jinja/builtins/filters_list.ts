import { attributeOrUnsafe } from "../methods/attributes.ts";
import { bind } from "../values/binding.ts";
import { equal } from "../values/compare.ts";
import { attributeGetter, type Filter, type Filters, given, or } from "./filter_support.ts";
import { integerDivide } from "./filters_number.ts";
import { Generator } from "../values/generator.ts";
import { escapeText } from "../values/html.ts";
import { compare, truthy } from "../values/operations.ts";
import { iterate, lengthOf, listOf } from "../values/sequences.ts";
import { joinText } from "../methods/str_search.ts";
import { quote, repr, str } from "../values/text.ts";
import { index, isText, plain, points, raise, typeName } from "../values/types.ts";
import { Dict, type Evaluation, hashKey, Markup, Tuple, Undefined, type Value } from "../values/values.ts";
import { DictView, Range } from "../values/views.ts";

function generator(name: string, entries: () => Iterator<Value>): Value {
  return new Generator("generator", lazily(entries), `generator object ${name}`);
}

// Nothing runs, and no error is raised, until the first entry is requested.
function* lazily(entries: () => Iterator<Value>): Iterator<Value> {
  const iterator = entries();
  for (let next = iterator.next(); !next.done; next = iterator.next()) yield next.value;
}

/** Iterates over the entries of a value; each counts as a step. */
export function* walk(value: Value, ev: Evaluation): Iterable<Value> {
  const iterator = iterate(value, ev);
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    ev.budget.step();
    yield next.value;
  }
}

const join: Filter = (value, args, keywords, ev) => {
  const [, by, attribute] = bind("sync_do_join", "value d? attribute?", [value, ...args], keywords);
  const items = listOf(value, ev);
  const get = attribute === undefined || attribute === null ? null : attributeGetter(attribute, ev);
  const values = get ? items.map(get) : items;
  const separator = or(by, "");
  if (!ev.autoescape) return joinText(str(separator, ev), values.map((item) => str(item, ev)), ev);
  const safe = separator instanceof Markup || values.some((item) => item instanceof Markup);
  if (!safe) return joinText(str(separator, ev), values.map((item) => str(item, ev)), ev);
  return new Markup(joinText(escapeText(separator, ev), values.map((item) => escapeText(item, ev)), ev));
};

const first: Filter = (value, args, keywords, ev) => {
  bind("sync_do_first", "seq", [value, ...args], keywords);
  const next = iterate(value, ev).next();
  return next.done ? new Undefined("No first item, sequence was empty.") : next.value;
};

/** The entries from last to first, or undefined if Python cannot iterate over the value in reverse. */
function reversed(value: Value, ev: Evaluation): Value[] | undefined {
  const reversible = isText(value) || Array.isArray(value) || value instanceof Tuple ||
    value instanceof Dict ||
    value instanceof DictView || value instanceof Range || value instanceof Undefined;
  return reversible ? listOf(value, ev).reverse() : undefined;
}

const last: Filter = (value, args, keywords, ev) => {
  bind("do_last", "seq", [value, ...args], keywords);
  const all = reversed(value, ev);
  if (!all) raise("TypeError", `'${typeName(value)}' object is not reversible`);
  return all.length ? all[0] : new Undefined("No last item, sequence was empty.");
};

const reverse: Filter = (value, args, keywords, ev) => {
  bind("do_reverse", "value", [value, ...args], keywords);
  if (isText(value)) {
    const text = Array.from(points(plain(value))).reverse().join("");
    return value instanceof Markup ? new Markup(text) : text;
  }
  const all = reversed(value, ev);
  if (all) {
    const name = Array.isArray(value) ? "list_reverseiterator" : "reversed";
    return new Generator(name, all.values(), `${name} object`);
  }
  if (!iterable(value)) raise("FilterArgumentError", "argument must be iterable");
  return listOf(value, ev).reverse();
};

function iterable(value: Value): boolean {
  return typeof value === "object" && value !== null && "iterate" in value && value.iterate !== undefined;
}

const random: Filter = (value, args, keywords, ev) => {
  bind("do_random", "seq", [value, ...args], keywords);
  if (lengthOf(value, ev) === 0) return new Undefined("No random item, sequence was empty.");
  if (value instanceof Dict || value instanceof DictView) {
    raise("TypeError", `'${typeName(value)}' object is not subscriptable`);
  }
  const all = listOf(value, ev);
  return all[Math.floor(Math.random() * all.length)];
};

const batch: Filter = (value, args, keywords, ev) => {
  const [, size, fill] = bind("do_batch", "value linecount fill_with?", [value, ...args], keywords);
  return generator("do_batch", function* () {
    let row: Value[] = [];
    for (const item of walk(value, ev)) {
      if (equal(BigInt(row.length), size!)) {
        yield row;
        row = [];
      }
      row.push(item);
    }
    if (!row.length) return;
    if (given(fill) !== null && compare("<", BigInt(row.length), size!, ev)) {
      const missing = index(size!) - row.length;
      ev.budget.entries(missing);
      row = [...row, ...new Array<Value>(missing).fill(fill!)];
    }
    yield row;
  });
};

const slices: Filter = (value, args, keywords, ev) => {
  const [, count, fill] = bind("sync_do_slice", "value slices fill_with?", [value, ...args], keywords);
  return generator("sync_do_slice", function* () {
    const all = listOf(value, ev);
    const [size, extra] = integerDivide(all.length, count!);
    let start = 0;
    for (let i = 0; i < index(count!); i++) {
      ev.budget.step();
      const end = start + size + (i < extra ? 1 : 0);
      const part = all.slice(start, end);
      if (given(fill) !== null && i >= extra) part.push(fill!);
      yield part;
      start = end;
    }
  });
};

const items: Filter = (value, args, keywords) => {
  bind("do_items", "value", [value, ...args], keywords);
  return generator("do_items", function* () {
    if (value instanceof Undefined) return;
    if (!(value instanceof Dict)) raise("TypeError", "Can only get item pairs from a mapping.");
    for (const entry of value.entries()) yield new Tuple(entry);
  });
};

const unique: Filter = (value, args, keywords, ev) => {
  const names = "value case_sensitive? attribute?";
  const [, sensitive, attribute] = bind("sync_do_unique", names, [value, ...args], keywords);
  return generator("sync_do_unique", function* () {
    const ignore = sensitive === undefined || !truthy(sensitive, ev);
    const get = attributeGetter(given(attribute), ev, ignore);
    const seen = new Set<string>();
    for (const item of walk(value, ev)) {
      const key = hashKey(get(item));
      if (seen.has(key)) continue;
      seen.add(key);
      yield item;
    }
  });
};

function nameOf(value: Value, ev: Evaluation): string {
  if (isText(value)) return plain(value);
  hashKey(value);
  return repr(value, ev);
}

const map: Filter = (value, args, keywords, ev) =>
  generator("sync_do_map", function* () {
    if (!truthy(value, ev)) return;
    const change = mapper(args, new Map(keywords), ev);
    for (const item of walk(value, ev)) yield change(item);
  });

function mapper(
  args: readonly Value[],
  keywords: Map<string, Value>,
  ev: Evaluation,
): (item: Value) => Value {
  const attribute = keywords.get("attribute");
  if (args.length === 0 && attribute !== undefined) {
    const otherwise = keywords.get("default");
    const extra = [...keywords.keys()].find((name) => name !== "attribute" && name !== "default");
    if (extra !== undefined) raise("FilterArgumentError", `Unexpected keyword argument ${quote(extra, ev)}`);
    return attributeGetter(attribute, ev, false, otherwise);
  }
  if (args.length === 0) raise("FilterArgumentError", "map requires a filter argument");
  const name = nameOf(args[0], ev);
  return (item) => ev.filter(name, item, args.slice(1), keywords);
}

function selecting(name: string, keep: boolean, byAttribute: boolean): Filter {
  return (value, args, keywords, ev) =>
    generator(name, function* () {
      if (!truthy(value, ev)) return;
      if (byAttribute && !args.length) {
        raise("FilterArgumentError", "Missing parameter for attribute name");
      }
      const get = byAttribute ? attributeGetter(args[0], ev) : (item: Value) => item;
      const [test, ...rest] = byAttribute ? args.slice(1) : args;
      const testName = test === undefined ? "" : nameOf(test, ev);
      for (const item of walk(value, ev)) {
        const subject = get(item);
        const holds = test === undefined ? truthy(subject, ev) : ev.test(testName, subject, rest, keywords);
        if (holds === keep) yield item;
      }
    });
}

const length: Filter = (value, args, keywords, ev) => {
  bind("len", "/ obj", [value, ...args], keywords);
  return BigInt(lengthOf(value, ev));
};

const attr: Filter = (value, args, keywords, ev) => {
  const [, name] = bind("do_attr", "obj name", [value, ...args], keywords);
  if (!isText(name)) raise("TypeError", `attribute name must be string, not '${typeName(name!)}'`);
  const found = attributeOrUnsafe(value, plain(name), ev);
  if (found !== undefined) return found;
  const owner = value === null ? "None" : `${typeName(value)} object`;
  return new Undefined(`${quote(owner, ev)} has no attribute ${quote(plain(name), ev)}`);
};

const fallback: Filter = (value, args, keywords, ev) => {
  const names = "value default_value? boolean?";
  const [, otherwise, boolean] = bind("do_default", names, [value, ...args], keywords);
  const replaces = value instanceof Undefined ||
    boolean !== undefined && truthy(boolean, ev) && !truthy(value, ev);
  return replaces ? or(otherwise, "") : value;
};

/** Filters for lists and other iterables. */
export const LIST_FILTERS: Filters = {
  attr,
  batch,
  count: length,
  length,
  d: fallback,
  default: fallback,
  first,
  items,
  join,
  last,
  list: (value, args, keywords, ev) => {
    bind("sync_do_list", "value", [value, ...args], keywords);
    return listOf(value, ev);
  },
  map,
  random,
  reject: selecting("select_or_reject", false, false),
  rejectattr: selecting("select_or_reject", false, true),
  reverse,
  select: selecting("select_or_reject", true, false),
  selectattr: selecting("select_or_reject", true, true),
  slice: slices,
  unique,
};
