import type { Expression, Expressions } from "../automaton/expression.ts";
import type { Facts } from "./facts.ts";
import { type Located, SchemaError } from "./located.ts";
import { Keys } from "./keys.ts";

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
  const { required, minProperties, maxProperties } = facts;
  const keys = new Keys(make, facts);
  if (keys.isImpossible) return make.never;
  const names = keys.named;
  const comma = make.literal(",");
  const member = (key: Expression, schemas: readonly Located[]) =>
    make.sequence(key, make.literal(":"), valueOf(schemas));
  const others = keys.others.filter(({ schemas }) => !schemas.some(({ schema }) => schema === false));
  const other = make.choice(...others.map(({ key, schemas }) => member(key, schemas)));
  const more = make.sequence(comma, other);

  // Members from a name on, if `used` properties precede. Without bounds only none and some differ.
  const isCounted = minProperties > required.length || maxProperties < Infinity;
  if (isCounted && names.length > MOST_COUNTED) {
    const keyword = maxProperties < Infinity ? "maxProperties" : "minProperties";
    throw new SchemaError(
      `${facts.pointer}/${keyword}`,
      `"${keyword}" is not supported beside more than ${MOST_COUNTED} properties`,
    );
  }
  if (minProperties > names.length + 1) {
    throw new SchemaError(
      `${facts.pointer}/minProperties`,
      `${minProperties} properties are not supported where the schema names ${names.length}: others may repeat`,
    );
  }
  const known = new Map<string, Expression>();
  const from = (at: number, used: number): Expression => {
    const count = isCounted ? used : Math.min(used, 1);
    const key = `${at} ${count}`;
    const before = known.get(key);
    if (before) return before;
    const [min, max] = [Math.max(minProperties - count, 0), maxProperties - count];
    let made: Expression;
    if (at === names.length) {
      // Names that are not listed may repeat, so they count as one.
      const least = isCounted ? min : 0;
      const most = isCounted ? max : Infinity;
      if (least > 1) made = make.never;
      else made = count === 0 ? listOf(make, other, more, least, most) : make.repeat(more, least, most);
    } else {
      const name = names[at];
      const one = max < 1 ? make.never : member(make.literal(JSON.stringify(name)), keys.schemasOf(name));
      const taken = make.sequence(count === 0 ? make.empty : comma, one, from(at + 1, count + 1));
      // A rule of its own keeps the rest of long lists from being copied into each choice.
      made = required.includes(name) ? taken : shared(make, name, make.choice(taken, from(at + 1, count)));
    }
    known.set(key, made);
    return made;
  };
  // From the last name to the first: a recursion over all names would be deep.
  for (let at = names.length; at > 0; at--) {
    for (let used = isCounted ? at : Math.min(at, 1); used >= 0; used--) from(at, used);
  }
  return make.sequence(make.literal("{"), from(0, 0), make.literal("}"));
}

/** Named properties that are counted one by one. */
const MOST_COUNTED = 40;

/** `min` to `max` items: the first alone, further ones with what separates them. */
export function listOf(
  make: Expressions,
  first: Expression,
  more: Expression,
  min: number,
  max: number,
): Expression {
  if (max < min) return make.never;
  if (max <= 0) return make.empty;
  const some = make.sequence(first, make.repeat(more, Math.max(min - 1, 0), max - 1));
  return min > 0 ? some : make.optional(some);
}

function shared(make: Expressions, name: string, body: Expression): Expression {
  if (body.kind !== "choice") return body;
  const { rule, expression } = make.rule(name);
  rule.body = body;
  return expression;
}
