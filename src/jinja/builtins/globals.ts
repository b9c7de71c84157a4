import { bind } from "../values/binding.ts";
import { isClass, PyClass } from "./classes.ts";
import { clock } from "../../base/clock.ts";
import { Cycler, Joiner } from "./cycler.ts";
import { Namespace } from "../values/namespace.ts";
import { truthy } from "../values/operations.ts";
import { iterate, listOf } from "../values/sequences.ts";
import { strftime } from "./strftime.ts";
import { str } from "../values/text.ts";
import {
  big,
  catching,
  index,
  isInt,
  isText,
  plain,
  raise,
  refuseUndefined,
  typeName,
} from "../values/types.ts";
import {
  Dict,
  type Evaluation,
  type Keywords,
  Markup,
  PyFunction,
  TemplateError,
  Undefined,
  type Value,
} from "../values/values.ts";
import { Range } from "../values/views.ts";

export { Namespace } from "../values/namespace.ts";

/** Maximum number of entries of a range in the sandbox. */
const MOST_RANGE = 100_000;

type Body = (args: readonly Value[], keywords: Keywords, ev: Evaluation) => Value;

const range: Body = (args, keywords) => {
  if (keywords.size) {
    raise("TypeError", `safe_range() got an unexpected keyword argument '${[...keywords.keys()][0]}'`);
  }
  if (args.length < 1 || args.length > 3) {
    const [bound, count] = args.length ? ["most", 3] : ["least", 1];
    raise(
      "TypeError",
      `range expected at ${bound} ${count} argument${count === 1 ? "" : "s"}, got ${args.length}`,
    );
  }
  const numbers = args.map((value) => {
    if (isInt(value)) return big(value);
    raise("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
  });
  const [start, stop, step = 1n] = numbers.length === 1 ? [0n, numbers[0]] : numbers;
  if (step === 0n) raise("ValueError", "range() arg 3 must not be zero");
  const result = new Range(start, stop, step);
  if (result.count > MOST_RANGE) {
    raise(
      "OverflowError",
      `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MOST_RANGE}).`,
    );
  }
  return result;
};

/** Python's dict(). @throws TemplateError if Python raises. */
export function makeDict(args: readonly Value[], keywords: Keywords, ev: Evaluation): Dict {
  if (args.length > 1) raise("TypeError", `dict expected at most 1 argument, got ${args.length}`);
  const result = new Dict();
  const [source] = args;
  if (source instanceof Dict) { for (const [key, value] of source.entries()) result.set(key, value); }
  else if (source instanceof Undefined) refuseUndefined(source);
  else if (source !== undefined) {
    listOf(source, ev).forEach((pair, i) => result.set(...pairOf(pair, i, ev)));
  }
  for (const [key, value] of keywords) result.set(key, value);
  return result;
}

function pairOf(pair: Value, at: number, ev: Evaluation): [Value, Value] {
  catching(["TypeError"], () => iterate(pair, ev), () => {
    raise("TypeError", `cannot convert dictionary update sequence element #${at} to a sequence`);
  });
  const items = listOf(pair, ev);
  if (items.length !== 2) {
    raise(
      "ValueError",
      `dictionary update sequence element #${at} has length ${items.length}; 2 is required`,
    );
  }
  return [items[0], items[1]];
}

const WORDS = "lorem ipsum dolor sit amet consectetuer elit sed diam nonummy nibh euismod tincidunt ut".split(
  " ",
);

const lipsum: Body = (args, keywords, ev) => {
  const [n, html, min, max] = bind("generate_lorem_ipsum", "n? html? min? max?", args, keywords);
  const count = n === undefined ? 5 : Math.max(0, index(n));
  const [least, most] = [min === undefined ? 20 : index(min), max === undefined ? 100 : index(max)];
  if (count && most <= least) {
    raise("ValueError", `empty range for randrange() (${least}, ${most}, ${most - least})`);
  }
  ev.budget.entries(count);
  ev.budget.text(count * most * 12);
  const paragraphs = Array.from({ length: count }, () => paragraph(least, most));
  if (html !== undefined && !truthy(html, ev)) return paragraphs.join("\n\n");
  return new Markup(paragraphs.map((text) => `<p>${text}</p>`).join("\n"));
};

function paragraph(least: number, most: number): string {
  const count = least + Math.floor(Math.random() * (most - least));
  const words = Array.from({ length: count }, () => WORDS[Math.floor(Math.random() * WORDS.length)]);
  const text = words.join(" ");
  return text.slice(0, 1).toUpperCase() + text.slice(1) + ".";
}

const now: Body = (args, keywords, ev) => {
  const [format] = bind("strftime_now", "format", args, keywords);
  if (!isText(format)) {
    raise("TypeError", `strftime() argument 1 must be str, not ${typeName(format!)}`);
  }
  ev.budget.text(plain(format).length * 8);
  // A width in the format pads a field to that many characters.
  for (const [width] of plain(format).matchAll(/\d+/g)) ev.budget.text(Number(width) * 4);
  return strftime(plain(format), clock.date());
};

const refuse: Body = (args, keywords, ev) => {
  const [message] = bind("raise_exception", "message", args, keywords);
  throw new TemplateError(str(message!, ev));
};

const cycler: Body = (args, keywords) => {
  for (const name of keywords.keys()) {
    raise("TypeError", `Cycler.__init__() got an unexpected keyword argument '${name}'`);
  }
  if (!args.length) raise("RuntimeError", "at least one item has to be provided");
  return new Cycler(args);
};

const BODIES: Readonly<Record<string, Body>> = {
  range,
  dict: makeDict,
  lipsum,
  cycler,
  joiner: (args, keywords) => {
    const [separator = ", "] = bind("Joiner.__init__", "sep?", args, keywords);
    return new Joiner(separator);
  },
  namespace: (args, keywords, ev) => new Namespace(makeDict(args, keywords, ev)),
  raise_exception: refuse,
  strftime_now: now,
};

/** The functions and classes that every template can call. */
export const GLOBALS: ReadonlyMap<string, Value> = new Map(
  Object.entries(BODIES).map(([name, body]) => [
    name,
    isClass(name) ? new PyClass(name, body) : new PyFunction(name, body),
  ]),
);
