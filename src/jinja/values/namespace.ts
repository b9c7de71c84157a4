import { Dict, type Evaluation, PyObject, type Value } from "./values.ts";
import { repr } from "./text.ts";

/** The result of `namespace()`: the only object that templates can modify. */
export class Namespace extends PyObject {
  readonly typeName = "Namespace";
  readonly #fields: Dict;

  constructor(fields: Dict) {
    super();
    this.#fields = Dict.from(fields.entries());
  }
  get(name: string): Value | undefined {
    return this.#fields.get(name);
  }
  set(name: string, value: Value): void {
    this.#fields.set(name, value);
  }
  override attribute(name: string): Value | undefined {
    return this.#fields.get(name);
  }
  override text(ev: Evaluation): string {
    return `<Namespace ${repr(this.#fields, ev)}>`;
  }
}
