import { bind } from "../values/binding.ts";
import { type Keywords, PyFunction, PyObject, Tuple, type Value } from "../values/values.ts";

/** The result of `cycler()`: returns its items in turn. */
export class Cycler extends PyObject {
  readonly typeName = "Cycler";
  #at = 0;
  constructor(readonly items: readonly Value[]) {
    super();
  }
  override text(): string {
    return "<jinja2.utils.Cycler object>";
  }
  override attribute(name: string): Value | undefined {
    if (name === "current") return this.items[this.#at];
    if (name === "items") return new Tuple(this.items);
    if (name === "pos") return BigInt(this.#at);
    if (name === "next") return new PyFunction("next", (args, keywords) => this.#next(args, keywords));
    if (name === "reset") return new PyFunction("reset", (args, keywords) => this.#reset(args, keywords));
    return undefined;
  }
  #next(args: readonly Value[], keywords: Keywords): Value {
    bind("Cycler.next", "", args, keywords);
    const item = this.items[this.#at];
    this.#at = (this.#at + 1) % this.items.length;
    return item;
  }
  #reset(args: readonly Value[], keywords: Keywords): Value {
    bind("Cycler.reset", "", args, keywords);
    this.#at = 0;
    return null;
  }
}

/** The result of `joiner()`: empty on the first call, then the separator. */
export class Joiner extends PyObject {
  readonly typeName = "Joiner";
  #used = false;
  constructor(readonly separator: Value) {
    super();
  }
  override text(): string {
    return "<jinja2.utils.Joiner object>";
  }
  override attribute(name: string): Value | undefined {
    return name === "sep" ? this.separator : name === "used" ? this.#used : undefined;
  }
  override call(args: readonly Value[], keywords: Keywords): Value {
    bind("Joiner.__call__", "", args, keywords);
    if (this.#used) return this.separator;
    this.#used = true;
    return "";
  }
}
