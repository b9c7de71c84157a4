import {
  DICT_CHANGES,
  DICT_METHODS,
  FLOAT_METHODS,
  INT_METHODS,
  LIST_CHANGES,
  LIST_METHODS,
  RANGE_METHODS,
  TUPLE_METHODS,
} from "./containers.ts";
import { MARKUP_METHODS } from "./markup.ts";
import { methodOf } from "./methods.ts";
import { STR_METHODS } from "./str_methods.ts";
import { quote, repr } from "../values/text.ts";
import {
  big,
  index,
  isInt,
  isText,
  plain,
  points,
  raise,
  refuseUndefined,
  typeName,
} from "../values/types.ts";
import { Dict, type Evaluation, Markup, PyObject, Tuple, Undefined, type Value } from "../values/values.ts";
import { GroupTuple, Range } from "../values/views.ts";

/** Attributes of every Python object. */
const DUNDERS = new Set(
  ("class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new reduce " +
    "reduce_ex repr setattr sizeof str subclasshook").split(" ").map((name) => `__${name}__`),
);

/** `value.name`: an attribute, else an item, else Undefined. */
export function getAttribute(value: Value, name: string, ev: Evaluation): Value {
  const found = attributeOrUnsafe(value, name, ev);
  if (found !== undefined) return found;
  if (value instanceof Undefined) refuseUndefined(value);
  const item = itemOf(value, name, ev);
  return item !== undefined ? item : missing(value, name, ev);
}

/** `value[key]`: an item, else an attribute, else Undefined. */
export function getItem(value: Value, key: Value, ev: Evaluation): Value {
  if (value instanceof Undefined) refuseUndefined(value);
  const item = itemOf(value, key, ev);
  if (item !== undefined) return item;
  if (isText(key)) {
    const found = attributeOrUnsafe(value, plain(key), ev);
    if (found !== undefined) return found;
  }
  return missing(value, key, ev);
}

/** An attribute, never an item, as for the `attr` filter; undefined if there is none. */
export function attributeOrUnsafe(value: Value, name: string, ev: Evaluation): Value | undefined {
  if (isUnsafe(value, name)) return unsafe(value, name, ev);
  const attribute = attributeOf(value, name, ev);
  return attribute !== undefined && name.startsWith("_") ? unsafe(value, name, ev) : attribute;
}

function isUnsafe(value: Value, name: string): boolean {
  if (DUNDERS.has(name)) return true;
  if (Array.isArray(value)) return LIST_CHANGES.includes(name);
  return value instanceof Dict && DICT_CHANGES.includes(name);
}

function unsafe(value: Value, name: string, ev: Evaluation): Undefined {
  const message = `access to attribute ${quote(name, ev)} of ${quote(typeName(value), ev)} object is unsafe.`;
  return new Undefined(message, true);
}

function missing(value: Value, key: Value, ev: Evaluation): Undefined {
  const owner = objectName(value);
  if (isText(key)) {
    return new Undefined(`${quote(owner, ev)} has no attribute ${repr(plain(key), ev)}`);
  }
  return new Undefined(`${owner} has no element ${repr(key, ev)}`);
}

const MODULES: Readonly<Record<string, string>> = {
  Markup: "markupsafe.",
  Macro: "jinja2.runtime.",
  LoopContext: "jinja2.runtime.",
  BlockReference: "jinja2.runtime.",
  TemplateReference: "jinja2.runtime.",
  Undefined: "jinja2.runtime.",
  Namespace: "jinja2.utils.",
  Cycler: "jinja2.utils.",
  Joiner: "jinja2.utils.",
};

function objectName(value: Value): string {
  if (value === null) return "None";
  if (value instanceof GroupTuple) return "jinja2.filters._GroupTuple object";
  const name = typeName(value);
  return `${MODULES[name] ?? ""}${name} object`;
}

/** Python's `value[key]`, or undefined if Python raises TypeError, KeyError or IndexError. */
function itemOf(value: Value, key: Value, ev: Evaluation): Value | undefined {
  if (value instanceof Dict) return isHashable(key) ? value.get(key) : undefined;
  if (value instanceof PyObject) return value.item?.(key, ev);
  if (!isInt(key)) return undefined;
  if (isText(value)) {
    const character = entry(points(plain(value)), index(key));
    return value instanceof Markup && character !== undefined ? new Markup(character) : character;
  }
  if (Array.isArray(value)) return entry(value, index(key));
  return value instanceof Tuple ? entry(value.items, index(key)) : undefined;
}

function isHashable(key: Value): boolean {
  if (key instanceof Tuple) return key.items.every(isHashable);
  return !Array.isArray(key) && !(key instanceof Dict);
}

function entry<T extends Value>(items: string | readonly T[], at: number): T | string | undefined {
  return items[at < 0 ? at + items.length : at];
}

function attributeOf(value: Value, name: string, ev: Evaluation): Value | undefined {
  if (value === null) return undefined;
  if (typeof value === "string") return methodOf(value, STR_METHODS, name, "str");
  if (value instanceof Markup) return methodOf(value, MARKUP_METHODS, name, "Markup");
  if (Array.isArray(value)) return methodOf(value, LIST_METHODS, name, "list");
  if (value instanceof Dict) return methodOf(value, DICT_METHODS, name, "dict");
  if (value instanceof GroupTuple && (name === "grouper" || name === "list")) return value[name];
  if (value instanceof Tuple) return methodOf(value, TUPLE_METHODS, name, "tuple");
  if (typeof value === "number") return floatAttribute(value, name);
  if (isInt(value)) return intAttribute(value, name);
  if (value instanceof Undefined) return undefinedAttribute(value, name);
  if (value instanceof Range) return value.attribute(name) ?? methodOf(value, RANGE_METHODS, name, "range");
  return value.attribute?.(name, ev);
}

function intAttribute(value: bigint | boolean, name: string): Value | undefined {
  if (name === "real" || name === "numerator") return big(value);
  if (name === "imag") return 0n;
  if (name === "denominator") return 1n;
  return methodOf(value, INT_METHODS, name, "int");
}

function floatAttribute(value: number, name: string): Value | undefined {
  if (name === "real") return value;
  if (name === "imag") return 0;
  return methodOf(value, FLOAT_METHODS, name, "float");
}

/** Attributes of Jinja2's `Undefined`; the sandbox hides them because they begin with `_`. */
const OF_UNDEFINED = new Set(
  ("__add__ __aiter__ __bool__ __call__ __complex__ __div__ __float__ __floordiv__ __getattr__ __getitem__ __int__ " +
    "__iter__ __len__ __mod__ __module__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdiv__ __rfloordiv__ __rmod__ " +
    "__rmul__ __rpow__ __rsub__ __rtruediv__ __slots__ __sub__ __truediv__ _fail_with_undefined_error " +
    "_undefined_exception _undefined_hint _undefined_message _undefined_name _undefined_obj").split(" "),
);

function undefinedAttribute(value: Undefined, name: string): Value | undefined {
  if (OF_UNDEFINED.has(name)) return null;
  if (name.startsWith("__")) return undefined;
  refuseUndefined(value);
}

/** Calls a public method of a value by name. @throws TemplateError if there is no such method. */
export function callMethod(value: Value, name: string, args: readonly Value[], ev: Evaluation): Value {
  const found = attributeOf(value, name, ev);
  if (!(found instanceof PyObject) || !found.call) {
    raise("AttributeError", `'${typeName(value)}' object has no attribute '${name}'`);
  }
  return found.call(args, new Map(), ev);
}
