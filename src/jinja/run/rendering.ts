import { getAttribute, getItem } from "../methods/attributes.ts";
import { Budget } from "../values/budget.ts";
import type { Context } from "./context.ts";
import { FILTERS } from "../builtins/filters.ts";
import type { Output } from "./output.ts";
import { TESTS } from "../builtins/tests.ts";
import { str } from "../values/text.ts";
import { raise, refuseUndefined, typeName } from "../values/types.ts";
import {
  type Evaluation,
  type Keywords,
  Markup,
  PyObject,
  TemplateError,
  Undefined,
  type Value,
} from "../values/values.ts";

/** A position in the template, for errors. */
export interface Place {
  readonly line: number;
  /** For example `{% for %}`. */
  readonly construct: string;
}

/** Runs a block of the template into an output. */
export type BlockBody = (rendering: Rendering, context: Context, out: Output) => void;

/** No keyword arguments. */
export const NO_KEYWORDS: Keywords = new Map();

/** One rendering of a template. */
export class Rendering implements Evaluation {
  readonly budget = new Budget();
  /** The statement that is running. */
  place: Place = { line: 1, construct: "" };
  /** The text ranges of generation blocks, in UTF-16 units. */
  readonly generations: [number, number][] = [];
  /** The template's context; undefined until rendering begins. */
  context?: Context;
  /** The text so far, without the output of macros and captured bodies that are still running. */
  root?: Output;

  constructor(
    /** The template's blocks, by name. */
    readonly blocks: ReadonlyMap<string, BlockBody>,
  ) {}

  /** True if escaping is on. */
  get autoescape(): boolean {
    return this.context?.escaping.on ?? false;
  }

  call(callee: Value, args: readonly Value[], keywords: Keywords): Value {
    this.budget.step();
    if (callee instanceof PyObject && callee.call) return callee.call(args, keywords, this);
    if (callee instanceof Undefined) refuseUndefined(callee);
    raise("TypeError", `'${typeName(callee)}' object is not callable`);
  }

  filter(name: string, value: Value, args: readonly Value[], keywords: Keywords): Value {
    const filter = FILTERS.get(name);
    if (!filter) throw new TemplateError(`No filter named '${name}'.`);
    this.budget.step();
    return filter(value, args, keywords, this);
  }

  test(name: string, value: Value, args: readonly Value[], keywords: Keywords): boolean {
    const test = TESTS.get(name);
    if (!test) throw new TemplateError(`No test named '${name}'.`);
    this.budget.step();
    return test(value, args, keywords, this) as boolean;
  }

  attribute(value: Value, name: string): Value {
    return getAttribute(value, name, this);
  }

  item(value: Value, key: Value): Value {
    return getItem(value, key, this);
  }

  lookup(name: string): Value | undefined {
    return this.context?.resolve(name);
  }

  /** The text that `{{ value }}` prints. */
  print(value: Value): string {
    return typeof value === "string" ? value : str(value, this);
  }

  /** Escapes a value for HTML, unless it is safe. */
  escape(value: Value): string {
    return (this.filter("escape", value, [], NO_KEYWORDS) as Markup).text;
  }

  /** The string of a str or Markup; `index` is the piece number in errors. @throws TemplateError for other values. */
  textOf(value: Value, index: number): string {
    if (typeof value === "string") return value;
    if (value instanceof Markup) return value.text;
    raise("TypeError", `sequence item ${index}: expected str instance, ${typeName(value)} found`);
  }

  /** Records a generation block as transformers does: offset by the text so far, and ignored before any text. */
  noteGeneration(length: number): void {
    const { root, generations } = this;
    if (!root || (root.pieces.length === 0 && generations.length === 0)) return;
    generations.push([root.length, root.length + length]);
  }

  /** Runs a template function one level deeper; afterwards, errors are at the caller's place again. */
  enter<T>(work: () => T): T {
    const { place } = this;
    const result = this.budget.deeper(work);
    this.place = place;
    return result;
  }
}
