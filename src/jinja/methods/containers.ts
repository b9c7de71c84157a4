import { bind } from "../values/binding.ts";
import { fromBytes, toBytes } from "./bytes.ts";
import { equal } from "../values/compare.ts";
import { hexFloat, parseHexFloat } from "./float_hex.ts";
import { ratio } from "../values/float_text.ts";
import type { Method, Methods } from "./methods.ts";
import { bitLength } from "../values/numbers.ts";
import { listOf, sliceRange } from "../values/sequences.ts";
import { repr } from "../values/text.ts";
import { big, isText, plain, raise } from "../values/types.ts";
import { Dict, type Keywords, Tuple, type Value } from "../values/values.ts";
import { DictView, placeOf, type Range } from "../values/views.ts";

/** Methods that modify a list; the sandbox hides them. */
export const LIST_CHANGES = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];
/** Methods that modify a dict; the sandbox hides them. */
export const DICT_CHANGES = ["clear", "pop", "popitem", "setdefault", "update"];

function countOf(items: readonly Value[], args: readonly Value[], keywords: Keywords, call: string): Value {
  const [item] = bind(call, "/ value", args, keywords);
  return BigInt(items.filter((entry) => equal(entry, item!)).length);
}

/** Methods of list that do not modify it. */
export const LIST_METHODS: Methods<Value[]> = {
  copy: (self, args, keywords, ev) => {
    bind("list.copy", "/ ", args, keywords);
    return listOf(self, ev);
  },
  count: (self, args, keywords) => countOf(self, args, keywords, "list.count"),
  index: (self, args, keywords, ev) => {
    const [item, start, stop] = bind("list.index", "/ value start? stop?", args, keywords);
    const [from, to] = sliceRange(self.length, start ?? null, stop ?? null, null);
    const place = placeOf(self.slice(from, to), item!, `${repr(item!, ev)} is not in list`, ev);
    return place + BigInt(from);
  },
};

/** Methods of tuple. */
export const TUPLE_METHODS: Methods<Tuple> = {
  count: (self, args, keywords) => countOf(self.items, args, keywords, "tuple.count"),
  index: (self, args, keywords, ev) => {
    const [item, start, stop] = bind("tuple.index", "/ value start? stop?", args, keywords);
    const [from, to] = sliceRange(self.items.length, start ?? null, stop ?? null, null);
    const message = "tuple.index(x): x not in tuple";
    return placeOf(self.items.slice(from, to), item!, message, ev) + BigInt(from);
  },
};

function view(kind: "keys" | "values" | "items"): Method<Dict> {
  return (self, args, keywords) => {
    bind(`dict.${kind}`, "/ ", args, keywords);
    return new DictView(self, kind);
  };
}

/** Methods of dict that do not modify it. */
export const DICT_METHODS: Methods<Dict> = {
  keys: view("keys"),
  values: view("values"),
  items: view("items"),
  copy: (self, args, keywords, ev) => {
    bind("dict.copy", "/ ", args, keywords);
    ev.budget.entries(self.size);
    return Dict.from(self.entries());
  },
  get: (self, args, keywords) => {
    const [key, otherwise] = bind("dict.get", "/ key default?", args, keywords);
    const value = self.get(key!);
    return value !== undefined ? value : otherwise ?? null;
  },
  fromkeys: (_self, args, keywords, ev) => {
    const [keys, value] = bind("dict.fromkeys", "/ iterable value?", args, keywords);
    return Dict.from(listOf(keys!, ev).map((key) => [key, value ?? null]));
  },
};

/** Methods of range. */
export const RANGE_METHODS: Methods<Range> = {
  count: (self, args, keywords) => {
    const [item] = bind("range.count", "/ value", args, keywords);
    return self.contains(item!) ? 1n : 0n;
  },
  index: (self, args, keywords, ev) => {
    const [item] = bind("range.index", "/ value", args, keywords);
    const place = self.place(item!);
    if (place < 0) raise("ValueError", `${repr(item!, ev)} is not in range`);
    return BigInt(place);
  },
};

type Int = bigint | boolean;

/** Methods of int. */
export const INT_METHODS: Methods<Int> = {
  bit_length: (self, args, keywords) => {
    bind("int.bit_length", "/ ", args, keywords);
    return BigInt(bitLength(big(self)));
  },
  bit_count: (self, args, keywords) => {
    bind("int.bit_count", "/ ", args, keywords);
    const bits = (big(self) < 0n ? -big(self) : big(self)).toString(2);
    return BigInt(bits.length - bits.replaceAll("1", "").length);
  },
  conjugate: (self, args, keywords) => {
    bind("int.conjugate", "/ ", args, keywords);
    return big(self);
  },
  as_integer_ratio: (self, args, keywords) => {
    bind("int.as_integer_ratio", "/ ", args, keywords);
    return new Tuple([big(self), 1n]);
  },
  to_bytes: toBytes,
  from_bytes: fromBytes,
};

/** Methods of float. */
export const FLOAT_METHODS: Methods<number> = {
  is_integer: (self, args, keywords) => {
    bind("float.is_integer", "/ ", args, keywords);
    return Number.isInteger(self);
  },
  conjugate: (self, args, keywords) => {
    bind("float.conjugate", "/ ", args, keywords);
    return self;
  },
  as_integer_ratio: (self, args, keywords) => {
    bind("float.as_integer_ratio", "/ ", args, keywords);
    if (Number.isNaN(self)) raise("ValueError", "cannot convert NaN to integer ratio");
    if (!Number.isFinite(self)) raise("OverflowError", "cannot convert Infinity to integer ratio");
    return new Tuple(ratio(self));
  },
  hex: (self, args, keywords) => {
    bind("float.hex", "/ ", args, keywords);
    return hexFloat(self);
  },
  fromhex: (_self, args, keywords) => {
    const [text] = bind("float.fromhex", "/ string", args, keywords);
    if (!isText(text)) raise("TypeError", "bad argument type for built-in operation");
    return parseHexFloat(plain(text));
  },
};
