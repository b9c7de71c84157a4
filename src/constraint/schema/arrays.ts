import type { Expression, Expressions } from "../automaton/expression.ts";
import type { Facts } from "./facts.ts";
import type { Located } from "./located.ts";
import { listOf } from "./objects.ts";

/**
 * The arrays of a conjunction's facts.
 * @param valueOf the values that satisfy all of some schemas
 */
export function arrays(
  make: Expressions,
  { items, minItems, maxItems }: Facts,
  valueOf: (schemas: readonly Located[]) => Expression,
): Expression {
  const comma = make.literal(",");
  const placed = Math.min(Math.max(0, ...items.map((part) => part.placed.length)), maxItems);
  const itemAt = (place: number) => valueOf(items.flatMap((part) => part.placed[place] ?? part.others ?? []));
  const behind = valueOf(items.flatMap(({ others }) => others ?? []));

  // From the last place to the first: the items from there on, with the comma that precedes them.
  const more = make.sequence(comma, behind);
  const [min, max] = [Math.max(minItems - placed, 0), maxItems - placed];
  let rest = placed === 0 ? listOf(make, behind, more, min, max) : make.repeat(more, min, max);
  for (let place = placed - 1; place >= 0; place--) {
    const from = make.sequence(place === 0 ? make.empty : comma, itemAt(place), rest);
    rest = place < minItems ? from : make.optional(from);
  }
  return make.sequence(make.literal("["), rest, make.literal("]"));
}
