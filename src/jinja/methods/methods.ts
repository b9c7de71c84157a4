import { type Evaluation, identity, type Keywords, PyObject, type Value } from "../values/values.ts";

/** A method of the Python type that `T` represents. */
export type Method<T> = (self: T, args: readonly Value[], keywords: Keywords, ev: Evaluation) => Value;

/** The methods of a type, by name. */
export type Methods<T> = Readonly<Record<string, Method<T>>>;

/** The method of a value by name, or undefined if its type has no such method. */
export function methodOf<T extends Value>(
  self: T,
  methods: Methods<T>,
  name: string,
  owner: string,
): Value | undefined {
  if (!Object.hasOwn(methods, name)) return undefined;
  return new BoundMethod(self, owner, name, methods[name] as Method<T>);
}

/** A method bound to a value. */
export class BoundMethod<T extends Value> extends PyObject {
  readonly typeName = "builtin_function_or_method";
  constructor(
    readonly self: T,
    readonly owner: string,
    readonly name: string,
    readonly method: Method<T>,
  ) {
    super();
  }
  override text(): string {
    return `<built-in method ${this.name} of ${this.owner} object at 0x${
      identity(this).toString(16).padStart(12, "0")
    }>`;
  }
  override call(args: readonly Value[], keywords: Keywords, ev: Evaluation): Value {
    return this.method(this.self, args, keywords, ev);
  }
  override equals(other: Value): boolean {
    return other instanceof BoundMethod && other.name === this.name && other.self === this.self;
  }
}
