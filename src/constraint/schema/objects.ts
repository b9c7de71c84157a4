import type { Expression, Expressions } from "../automaton/expression.ts";
import type { Facts } from "./facts.ts";
import { type Located, SchemaError } from "./located.ts";
import { plainString } from "./strings.ts";

/**
 * The objects of a conjunction's facts: the properties in the order of the schema, those that are only
 * required behind them, others last.
 * @param valueOf the values that satisfy all of some schemas
 */
export function objects(
  make: Expressions,
  facts: Facts,
  valueOf: (schemas: readonly Located[]) => Expression,
): Expression {
  const { fields, required, minProperties, maxProperties, pointer } = facts;
  const names = [...new Set([...fields.flatMap(({ named }) => [...named.keys()]), ...required])];
  const schemasOf = (name: string) => fields.flatMap(({ named, others }) => named.get(name) ?? others ?? []);
  const others = fields.flatMap((part) => part.others ?? []);
  const hasOthers = !others.some(({ schema }) => schema === false) && maxProperties > names.length;

  // Counts of properties are kept only where all are alike; elsewhere they must follow from the rest.
  const counted = minProperties > required.length ||
    maxProperties < (hasOthers || others.length === 0 ? Infinity : names.length);
  if (counted && names.length > 0) {
    const keyword = minProperties > required.length ? "minProperties" : "maxProperties";
    throw new SchemaError(
      `${pointer}/${keyword}`,
      `the keyword "${keyword}" is not supported beside named properties`,
    );
  }
  const comma = make.literal(",");
  const member = (key: Expression, schemas: readonly Located[]) =>
    make.sequence(key, make.literal(":"), valueOf(schemas));
  const other = hasOthers ? member(otherKey(make, names), others) : make.never;

  // From the last property to the first: what may follow if no property precedes, and if one does.
  const more = make.sequence(comma, other);
  let first = listOf(make, other, more, minProperties, maxProperties);
  let next = make.repeat(more, 0, Infinity);
  for (const name of names.toReversed()) {
    const one = member(make.literal(JSON.stringify(name)), schemasOf(name));
    const isRequired = required.includes(name);
    const [here, later] = [make.sequence(one, next), make.sequence(comma, one, next)];
    first = isRequired ? here : make.choice(here, first);
    next = isRequired ? later : make.choice(later, next);
    // A rule of its own keeps the rest of long lists from being copied into each choice.
    [first, next] = [shared(make, name, first), shared(make, name, next)];
  }
  return make.sequence(make.literal("{"), first, make.literal("}"));
}

/** `min` to `max` items: the first alone, further ones with what separates them. */
export function listOf(
  make: Expressions,
  first: Expression,
  more: Expression,
  min: number,
  max: number,
): Expression {
  if (max <= 0) return make.empty;
  const some = make.sequence(first, make.repeat(more, Math.max(min - 1, 0), max - 1));
  return min > 0 ? some : make.optional(some);
}

/** Any key but those that the schema names. */
function otherKey(make: Expressions, names: readonly string[]): Expression {
  const any = plainString(make);
  if (names.length === 0) return any;
  const taken = make.choice(...names.map((name) => make.literal(JSON.stringify(name))));
  return make.machine({ kind: "minus", left: any, right: taken }, false);
}

function shared(make: Expressions, name: string, body: Expression): Expression {
  if (body.kind !== "choice") return body;
  const { rule, expression } = make.rule(name);
  rule.body = body;
  return expression;
}
