import { bind } from "../values/binding.ts";
import { equal } from "../values/compare.ts";
import {
  attributeGetter,
  type Filter,
  type Filters,
  given,
  ignoreCase,
  multiGetter,
} from "./filter_support.ts";
import { walk } from "./filters_list.ts";
import { binary, compare, truthy } from "../values/operations.ts";
import { sorted } from "../values/order.ts";
import { iterate, listOf } from "../values/sequences.ts";
import { isText, plain, raise, refuseUndefined, typeName } from "../values/types.ts";
import { Dict, type Evaluation, Tuple, Undefined, type Value } from "../values/values.ts";
import { GroupTuple } from "../values/views.ts";

function flag(value: Value | undefined, ev: Evaluation): boolean {
  return value !== undefined && truthy(value, ev);
}

const sort: Filter = (value, args, keywords, ev) => {
  const names = "value reverse? case_sensitive? attribute?";
  const [, reverse, sensitive, attribute] = bind("do_sort", names, [value, ...args], keywords);
  const key = multiGetter(given(attribute), ev, !flag(sensitive, ev));
  return sorted(listOf(value, ev), key, reverseFlag(reverse, ev), ev);
};

// Python's sorted() accepts only an int here.
function reverseFlag(value: Value | undefined, _ev: Evaluation): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean" || typeof value === "bigint") return Boolean(value);
  if (value instanceof Undefined) {
    raise("TypeError", "'Undefined' object cannot be interpreted as an integer");
  }
  raise("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
}

const dictsort: Filter = (value, args, keywords, ev) => {
  const names = "value case_sensitive? by? reverse?";
  const [, sensitive, by, reverse] = bind("do_dictsort", names, [value, ...args], keywords);
  const part = by === undefined ? "key" : isText(by) ? plain(by) : "";
  if (part !== "key" && part !== "value") {
    raise("FilterArgumentError", 'You can only sort by either "key" or "value"');
  }
  if (value instanceof Undefined) refuseUndefined(value);
  if (!(value instanceof Dict)) {
    raise("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
  }
  const at = part === "key" ? 0 : 1;
  const key = (pair: Tuple) => flag(sensitive, ev) ? pair.items[at] : ignoreCase(pair.items[at]);
  return sorted([...value.entries()].map((entry) => new Tuple(entry)), key, reverseFlag(reverse, ev), ev);
};

function extreme(name: string, op: "<" | ">"): Filter {
  return (value, args, keywords, ev) => {
    const names = "value case_sensitive? attribute?";
    const [, sensitive, attribute] = bind(name, names, [value, ...args], keywords);
    const get = attributeGetter(given(attribute), ev, !flag(sensitive, ev));
    let best: { item: Value; key: Value } | undefined;
    for (const item of walk(value, ev)) {
      const key = get(item);
      if (!best || compare(op, key, best.key, ev)) best = { item, key };
    }
    return best ? best.item : new Undefined("No aggregated item, sequence was empty.");
  };
}

const sum: Filter = (value, args, keywords, ev) => {
  const [, attribute, start] = bind("sync_do_sum", "iterable attribute? start?", [value, ...args], keywords);
  const get = given(attribute) === null ? null : attributeGetter(attribute!, ev);
  const iterator = iterate(value, ev);
  let total: Value = start === undefined ? 0n : start;
  if (isText(total)) raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    total = binary("+", total, get ? get(next.value) : next.value, ev);
  }
  return total;
};

const groupby: Filter = (value, args, keywords, ev) => {
  const names = "value attribute default? case_sensitive?";
  const [, attribute, otherwise, sensitive] = bind("sync_do_groupby", names, [value, ...args], keywords);
  const ignore = !flag(sensitive, ev);
  const key = attributeGetter(attribute!, ev, ignore, otherwise);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const item of sorted(listOf(value, ev), key, false, ev)) {
    const own = key(item);
    const last = groups.at(-1);
    if (last && equal(last.key, own)) last.items.push(item);
    else groups.push({ key: own, items: [item] });
  }
  const shown = attributeGetter(attribute!, ev, false, otherwise);
  return groups.map(({ key, items }) => new GroupTuple(ignore ? shown(items[0]) : key, items));
};

/** Filters that compare or sum entries. */
export const ORDER_FILTERS: Filters = {
  dictsort,
  groupby,
  max: extreme("do_max", ">"),
  min: extreme("do_min", "<"),
  sort,
  sum,
};
