import type { Escaping } from "./context.ts";
import { raise } from "../values/types.ts";
import { Dict, type Keywords, Markup, PyObject, Tuple, Undefined, type Value } from "../values/values.ts";

/** The signature of a macro. */
export interface MacroShape {
  /** Undefined for the `caller` of a call block. */
  readonly name?: string;
  readonly parameters: readonly string[];
  /** True if the body reads `kwargs` and no parameter has that name; likewise `varargs` and `caller` below. */
  readonly takesKeywords: boolean;
  readonly takesRest: boolean;
  readonly readsCaller: boolean;
}

/** The values of a macro's parameters, undefined if not passed, and of the special names. */
export interface MacroValues {
  readonly parameters: readonly (Value | undefined)[];
  readonly caller?: Value;
  readonly keywords?: Dict;
  readonly rest?: Tuple;
}

/** A macro, or the body of a call block. */
export class Macro extends PyObject {
  readonly typeName = "Macro";

  constructor(
    readonly shape: MacroShape,
    readonly run: (values: MacroValues) => string,
    readonly escaping: Escaping,
  ) {
    super();
  }

  override text(): string {
    return `<Macro ${this.shape.name === undefined ? "anonymous" : `'${this.shape.name}'`}>`;
  }

  override attribute(name: string): Value | undefined {
    const { shape } = this;
    switch (name) {
      case "name":
        return shape.name ?? null;
      case "arguments":
        return new Tuple([...shape.parameters]);
      case "catch_kwargs":
        return shape.takesKeywords;
      case "catch_varargs":
        return shape.takesRest;
      case "caller":
        return shape.readsCaller;
      case "explicit_caller":
        return shape.parameters.includes("caller");
    }
  }

  override call(args: readonly Value[], keywords: Keywords): Value {
    const text = this.run(bind(this.shape, args, keywords));
    return this.escaping.on ? new Markup(text) : text;
  }
}

function bind(shape: MacroShape, args: readonly Value[], keywords: Keywords): MacroValues {
  const { parameters } = shape;
  const left = new Map(keywords);
  const take = (name: string): Value | undefined => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  const values = parameters.map((name, k) => k < args.length ? args[k] : take(name));
  const needsCaller = shape.readsCaller && !parameters.includes("caller");
  const caller = needsCaller ? take("caller") ?? null : undefined;
  if (!shape.takesKeywords) refuseKeywords(shape, left);
  if (!shape.takesRest && args.length > parameters.length) {
    raise("TypeError", `macro ${quoted(shape)} takes not more than ${parameters.length} argument(s)`);
  }
  return {
    parameters: values,
    caller: caller === null ? new Undefined("No caller defined") : caller,
    keywords: shape.takesKeywords ? Dict.from(left) : undefined,
    rest: shape.takesRest ? new Tuple(args.slice(parameters.length)) : undefined,
  };
}

function refuseKeywords(shape: MacroShape, left: Keywords): void {
  if (left.size === 0) return;
  if (left.has("caller")) {
    raise(
      "TypeError",
      `macro ${
        quoted(shape)
      } was invoked with two values for the special caller argument. This is most likely a bug.`,
    );
  }
  raise("TypeError", `macro ${quoted(shape)} takes no keyword argument '${[...left.keys()][0]}'`);
}

function quoted({ name }: MacroShape): string {
  return name === undefined ? "None" : `'${name}'`;
}
