import { bind } from "./binding.ts";
import { raise } from "./types.ts";
import { identity, type Keywords, PyFunction, PyObject, type Value } from "./values.ts";

/** A Python iterator: can be consumed only once. */
export class Generator extends PyObject {
  readonly #entries: Iterator<Value>;
  #state: "new" | "suspended" | "closed" = "new";

  constructor(readonly typeName: string, entries: Iterator<Value>, readonly name = `${typeName} object`) {
    super();
    this.#entries = entries;
  }

  override text(): string {
    return `<${this.name} at 0x${identity(this).toString(16).padStart(12, "0")}>`;
  }

  override iterate(): Iterator<Value> {
    return { next: () => this.#next() };
  }

  #next(): IteratorResult<Value> {
    if (this.#state === "closed") return { done: true, value: undefined };
    this.#state = "suspended";
    const next = this.#entries.next();
    if (next.done) this.#state = "closed";
    return next;
  }

  override attribute(name: string): Value | undefined {
    if (this.typeName !== "generator") return undefined;
    switch (name) {
      case "gi_running":
        return false;
      case "gi_suspended":
        return this.#state === "suspended";
      case "gi_yieldfrom":
        return null;
      case "close":
        return new PyFunction(name, (args, keywords) => this.#close(args, keywords));
      case "send":
        return new PyFunction(name, (args, keywords) => this.#send(args, keywords));
      case "throw":
        return new PyFunction(name, () => raise("TypeError", "exceptions must be classes or instances"));
    }
  }

  #close(args: readonly Value[], keywords: Keywords): Value {
    bind("generator.close", "/ ", args, keywords);
    this.#state = "closed";
    return null;
  }

  #send(args: readonly Value[], keywords: Keywords): Value {
    const [value] = bind("generator.send", "/ value", args, keywords);
    if (value !== null && this.#state === "new") {
      raise("TypeError", "can't send non-None value to a just-started generator");
    }
    const next = this.#next();
    return next.done ? raise("RuntimeError", "StopIteration") : next.value;
  }
}
