import { bind } from "./binding.ts";
import { equal } from "./compare.ts";
import { listOf, sliceRange } from "./sequences.ts";
import { reprAll } from "./text.ts";
import { index, isInt, isNumber, raise } from "./types.ts";
import { type Dict, type Evaluation, PyFunction, PyObject, Tuple, type Value } from "./values.ts";

/** A group from `groupby`: a pair whose parts also have names. */
export class GroupTuple extends Tuple {
  constructor(readonly grouper: Value, readonly list: Value[]) {
    super([grouper, list]);
  }
}

/** The result of a dict's keys(), values() and items(). */
export class DictView extends PyObject {
  readonly typeName: string;
  constructor(readonly dict: Dict, readonly kind: "keys" | "values" | "items") {
    super();
    this.typeName = `dict_${kind}`;
  }
  entries(): Value[] {
    if (this.kind === "keys") return this.dict.keys();
    if (this.kind === "values") return this.dict.values();
    return [...this.dict.entries()].map((entry) => new Tuple(entry));
  }
  override text(ev: Evaluation): string {
    return `${this.typeName}([${reprAll(this.entries(), ev)}])`;
  }
  override iterate(): Iterator<Value> {
    return this.entries().values();
  }
  override length(): number {
    return this.dict.size;
  }
  override attribute(name: string): Value | undefined {
    if (name === "mapping") return this.dict;
    if (name !== "isdisjoint" || this.kind === "values") return undefined;
    return new PyFunction(name, (args, keywords, ev) => {
      const [other] = bind(`${this.typeName}.isdisjoint`, "/ other", args, keywords);
      return !listOf(other!, ev).some((item) => this.contains(item, ev));
    });
  }
  override within(other: Value, ev: Evaluation): boolean | undefined {
    if (!(other instanceof DictView) || this.kind === "values" || other.kind === "values") return undefined;
    return this.entries().every((entry) => other.contains(entry, ev));
  }
  override contains(item: Value, ev: Evaluation): boolean {
    if (this.kind === "keys") return this.dict.has(item);
    if (this.kind === "values") return this.dict.values().some((value) => equal(value, item, ev));
    if (!(item instanceof Tuple) || item.items.length !== 2) return false;
    const value = this.dict.get(item.items[0]);
    return value !== undefined && equal(value, item.items[1], ev);
  }
  override equals(other: Value): boolean {
    if (this.kind === "values" || !(other instanceof DictView) || other.kind !== this.kind) {
      return this === other;
    }
    if (this.dict.size !== other.dict.size) return false;
    return [...this.dict.entries()].every(([key, value]) => {
      const twin = other.dict.get(key);
      return twin !== undefined && (this.kind === "keys" || equal(value, twin));
    });
  }
}

/** The result of `range()`. */
export class Range extends PyObject {
  readonly typeName = "range";
  readonly count: number;
  constructor(readonly start: bigint, readonly stop: bigint, readonly step: bigint) {
    super();
    const size = step > 0n ? (stop - start + step - 1n) / step : (start - stop - step - 1n) / -step;
    this.count = size > 0n ? Number(size) : 0;
  }
  at(place: number): bigint {
    return this.start + BigInt(place) * this.step;
  }
  override text(): string {
    const step = this.step === 1n ? "" : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${step})`;
  }
  override *iterate(): Iterator<Value> {
    for (let i = 0; i < this.count; i++) yield this.at(i);
  }
  override length(): number {
    return this.count;
  }
  /** The index of a number, or -1. */
  place(item: Value): number {
    if (!isNumber(item) || !Number.isInteger(Number(item))) return -1;
    const distance = BigInt(item) - this.start;
    if (distance % this.step !== 0n) return -1;
    const place = Number(distance / this.step);
    return place >= 0 && place < this.count ? place : -1;
  }
  override contains(item: Value): boolean {
    return this.place(item) >= 0;
  }
  override equals(other: Value): boolean {
    if (!(other instanceof Range) || other.count !== this.count) return false;
    if (this.count === 0) return true;
    return this.start === other.start && (this.count === 1 || this.step === other.step);
  }
  override item(key: Value): Value | undefined {
    if (!isInt(key)) return undefined;
    const place = index(key) < 0 ? index(key) + this.count : index(key);
    return place >= 0 && place < this.count ? this.at(place) : undefined;
  }
  override slice(start: Value, stop: Value, step: Value): Value {
    const [from, to, by] = sliceRange(this.count, start, stop, step);
    return new Range(this.at(from), this.at(to), this.step * BigInt(by));
  }
  override attribute(name: string): Value | undefined {
    return name === "start" || name === "stop" || name === "step" ? this[name] : undefined;
  }
}

/** The index of an entry. @throws TemplateError if it is missing. */
export function placeOf(items: readonly Value[], item: Value, type: string, ev: Evaluation): bigint {
  ev.budget.step(items.length);
  const place = items.findIndex((entry) => equal(entry, item, ev));
  if (place >= 0) return BigInt(place);
  raise("ValueError", type);
}
