import type { Activation } from "./activation.ts";
import type { Compiler } from "./compiler.ts";
import { type Frame, reader } from "./frame.ts";
import { Namespace } from "../values/namespace.ts";
import { iterate } from "../values/sequences.ts";
import type { Expression } from "../syntax/syntax.ts";
import { catching, raise, typeName } from "../values/types.ts";
import { Dict, TemplateError, type Value } from "../values/values.ts";

/** Assigns a value to the target of a `set` or `for`. */
export type Assign = (a: Activation, value: Value) => void;

/** Compiles the target of an assignment. */
export function compileTarget(target: Expression, frame: Frame, compiler: Compiler): Assign {
  if (target.kind === "namespaceField") return field(target.name, target.field, frame);
  if (target.kind === "tuple") {
    return unpack(target.items.map((item) => compileTarget(item, frame, compiler)));
  }
  if (target.kind !== "name") compiler.fail(`can't assign to '${target.kind}'`, target.line);
  const { index } = frame.symbols.slot(target.name);
  if (!frame.toplevel) return (a, value) => void (a.slots[index] = value);
  const { name } = target;
  return (a, value) => {
    a.slots[index] = value;
    a.context.assigned.set(name, value);
  };
}

function field(name: string, key: string, { symbols }: Frame): Assign {
  const read = reader(symbols.slot(name), symbols.scope);
  return (a, value) => {
    const object = read(a);
    if (object instanceof Namespace || object instanceof Dict) return object.set(key, value);
    const type = object === undefined ? "MissingType" : typeName(object);
    raise("TypeError", `'${type}' object does not support item assignment`);
  };
}

/** Checks, before the value is computed, that assigned fields belong to namespaces. */
export function compileNamespaceCheck(target: Expression, { symbols }: Frame): (a: Activation) => void {
  const fields = target.kind === "tuple" ? target.items : [target];
  const reads = fields.flatMap((item) =>
    item.kind === "namespaceField" ? [reader(symbols.slot(item.name), symbols.scope)] : []
  );
  return (a) => {
    for (const read of reads) {
      if (read(a) instanceof Namespace) continue;
      throw new TemplateError("cannot assign attribute on non-namespace object");
    }
  };
}

function unpack(targets: readonly Assign[]): Assign {
  const count = targets.length;
  return (a, value) => {
    const values = entriesOf(value, count, a);
    for (let k = 0; k < count; k++) targets[k](a, values[k]);
  };
}

function entriesOf(value: Value, count: number, { rendering }: Activation): Value[] {
  const entries = catching(["TypeError"], () => iterate(value, rendering), () => {
    raise("TypeError", `cannot unpack non-iterable ${typeName(value)} object`);
  });
  const values: Value[] = [];
  while (values.length < count) {
    const next = entries.next();
    if (next.done) {
      raise("ValueError", `not enough values to unpack (expected ${count}, got ${values.length})`);
    }
    values.push(next.value);
  }
  if (!entries.next().done) raise("ValueError", `too many values to unpack (expected ${count})`);
  return values;
}
