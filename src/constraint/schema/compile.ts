import { DataError } from "../../base/errors.ts";
import { type Expression, Expressions } from "../automaton/expression.ts";
import { Grammar, NothingMatchesError } from "../automaton/grammar.ts";
import { Alternatives } from "./alternatives.ts";
import { arrays } from "./arrays.ts";
import { type Facts, factsOf, type Type } from "./facts.ts";
import { isObject, type Json, locate, type Located, SchemaError } from "./located.ts";
import { numbers } from "./numbers.ts";
import { objects } from "./objects.ts";
import { both, strings } from "./strings.ts";

/** Values in a schema, which bound the time that compiling takes. */
const MOST_VALUES = 20_000;
/** Depth of a schema's values. */
const DEEPEST = 200;

/**
 * The JSON texts that satisfy a schema (2020-12), without white space: properties in the schema's order,
 * strings in enum, const and keys as JSON.stringify writes them. Nothing in a schema is ignored but
 * annotations.
 * @throws SchemaError for a broken schema, a keyword that is not supported, a schema that nothing satisfies,
 *   or one that is too large
 */
export function compileSchema(schema: Json): Grammar {
  const make = new Expressions();
  try {
    return new Grammar(valuesOf(make, schema));
  } catch (error) {
    if (error instanceof NothingMatchesError) {
      throw new SchemaError("", "no value of finite length satisfies it");
    }
    if (error instanceof DataError && !(error instanceof SchemaError)) {
      throw new SchemaError("", error.message);
    }
    throw error;
  }
}

/** The expression of these texts, as a part of a larger grammar. @throws SchemaError */
export function valuesOf(make: Expressions, schema: Json): Expression {
  measure(schema);
  return new Compiler(make, schema).valueOf([locate(schema, "")]);
}

class Compiler {
  readonly #alternatives: Alternatives;
  readonly #values = new Map<string, Expression>();

  constructor(readonly make: Expressions, root: Json) {
    this.#alternatives = new Alternatives(root);
  }

  /** The values that satisfy all of some schemas. */
  readonly valueOf = (schemas: readonly Located[]): Expression => {
    const named = new Map(schemas.filter(({ schema }) => schema !== true).map((one) => [one.pointer, one]));
    const key = [...named.keys()].toSorted().map((pointer) => `#${pointer}`).join(" ");
    let known = this.#values.get(key);
    if (!known) {
      const { rule, expression } = this.make.rule(key || "any value");
      // Set first: a schema may refer to itself.
      this.#values.set(key, known = expression);
      const alternatives = this.#alternatives.of([...named.values()]);
      rule.body = this.make.choice(...alternatives.map((parts) => this.#flat(factsOf(parts))));
    }
    return known;
  };

  #flat(facts: Facts): Expression {
    const types = [...facts.types];
    if (!facts.values) return this.make.choice(...types.map((type) => this.#ofType(type, facts)));
    const listed = facts.values.filter((value) => types.some((type) => isOfType(value, type)));
    const literals = this.make.choice(...listed.map((value) => this.make.literal(JSON.stringify(value))));
    if (!hasMore(facts)) return literals;
    const rest = this.#flat({ ...facts, values: undefined });
    return both(this.make, literals, rest);
  }

  #ofType(type: Type, facts: Facts): Expression {
    const { make } = this;
    switch (type) {
      case "null":
        return make.literal("null");
      case "boolean":
        return make.choice(make.literal("true"), make.literal("false"));
      case "integer":
      case "number":
        return numbers(make, facts, type === "integer");
      case "string":
        return strings(make, facts);
      case "array":
        return arrays(make, facts, this.valueOf);
      case "object":
        return objects(make, facts, this.valueOf);
    }
  }
}

function isOfType(value: Json, type: Type): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  const kind: string = typeof value;
  return kind === type;
}

/** True if more than the type restricts the values. */
function hasMore(facts: Facts): boolean {
  const { lower, upper, multiples, minLength, maxLength, patterns, formats, minItems, maxItems } = facts;
  return lower !== undefined || upper !== undefined ||
    multiples.length + patterns.length + formats.length > 0 ||
    minLength > 0 || maxLength < Infinity || minItems > 0 || maxItems < Infinity ||
    facts.items.some(({ placed, others }) => placed.length > 0 || others !== undefined) ||
    facts.fields.some(({ named, patterns, others }) =>
      named.size + patterns.size > 0 || others !== undefined
    ) || facts.names.length > 0 ||
    facts.required.length > 0 || facts.minProperties > 0 || facts.maxProperties < Infinity;
}

/** @throws SchemaError if the schema is too large or too deep */
function measure(schema: Json): void {
  let count = 0;
  const todo: { value: Json; depth: number }[] = [{ value: schema, depth: 0 }];
  while (todo.length > 0) {
    const { value, depth } = todo.pop()!;
    if (++count > MOST_VALUES) throw new SchemaError("", `too large: more than ${MOST_VALUES} values`);
    if (depth > DEEPEST) throw new SchemaError("", `nested deeper than ${DEEPEST}`);
    if (typeof value !== "object" || value === null) continue;
    for (const one of Array.isArray(value) ? value : Object.values(value)) {
      todo.push({ value: one, depth: depth + 1 });
    }
  }
}
