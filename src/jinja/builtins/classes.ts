import { DICT_METHODS } from "../methods/containers.ts";
import { repr } from "../values/text.ts";
import { raise, typeName } from "../values/types.ts";
import {
  Dict,
  type Evaluation,
  type Keywords,
  PyFunction,
  PyObject,
  Tuple,
  type Value,
} from "../values/values.ts";

/** Python's names for the globals that are classes. */
const CLASSES: Readonly<Record<string, string>> = {
  dict: "dict",
  cycler: "jinja2.utils.Cycler",
  joiner: "jinja2.utils.Joiner",
  namespace: "jinja2.utils.Namespace",
};

/** True if the global with this name is a class. */
export function isClass(name: string): boolean {
  return Object.hasOwn(CLASSES, name);
}

/** A class that templates can call. */
export class PyClass extends PyFunction {
  override readonly typeName = "type";

  override text(): string {
    return `<class '${CLASSES[this.name]}'>`;
  }

  override attribute(name: string): Value | undefined {
    if (this.name === "cycler" && ["current", "next", "reset"].includes(name)) return unbound("Cycler", name);
    if (this.name !== "dict") return undefined;
    // The sandbox hides these.
    if (OF_DICT.has(name)) return null;
    if (name === "fromkeys") {
      return new PyFunction(
        name,
        (args, keywords, ev) => DICT_METHODS.fromkeys(new Dict(), args, keywords, ev),
      );
    }
    return Object.hasOwn(DICT_METHODS, name) || CHANGES.has(name) ? unbound("dict", name) : undefined;
  }

  /** `dict[key]`: a generic alias, as in Python. */
  override item(key: Value): Value | undefined {
    return this.name === "dict" ? new DictOf(key, this) : undefined;
  }
}

const OF_DICT = new Set(
  ("call class_getitem contains delitem dict getitem ior iter len module name or qualname reversed ror " +
    "setitem text_signature abstractmethods base bases basicsize dictoffset flags instancecheck itemsize mro prepare " +
    "subclasscheck subclasses weakrefoffset").split(" ").map((name) => `__${name}__`),
);
const CHANGES = new Set(["clear", "pop", "popitem", "setdefault", "update"]);

/** An unbound method: its first argument is the object. */
function unbound(owner: string, name: string): Value {
  return new Unbound(name, (args, keywords, ev) => {
    const [self, ...others] = args;
    const call = owner === "dict" && Object.hasOwn(DICT_METHODS, name) ? DICT_METHODS[name] : undefined;
    if (self instanceof Dict && call) return call(self, others, keywords, ev);
    const got = self === undefined ? "nothing" : typeName(self);
    raise("TypeError", `descriptor '${name}' for '${owner}' objects doesn't apply to ${got}`);
  });
}

class Unbound extends PyFunction {
  override text(): string {
    return `<method '${this.name}' of 'dict' objects>`;
  }
}

class DictOf extends PyObject {
  readonly typeName = "GenericAlias";
  constructor(readonly key: Value, readonly made: PyClass) {
    super();
  }
  override text(ev: Evaluation): string {
    const keys = this.key instanceof Tuple ? this.key.items : [this.key];
    return `dict[${keys.map((key) => key instanceof PyClass ? key.name : repr(key, ev)).join(", ")}]`;
  }
  override call(args: readonly Value[], keywords: Keywords, ev: Evaluation): Value {
    return this.made.call(args, keywords, ev);
  }
}
