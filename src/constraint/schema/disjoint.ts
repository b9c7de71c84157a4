import { canonical, type Facts, type Type } from "./facts.ts";
import type { Located } from "./located.ts";

/** Deepest property that is compared. */
const DEEPEST = 4;

/**
 * True if no value satisfies both, as far as types, values, bounds and required properties show.
 * @param followed the alternatives of a property's schema
 */
export function areDisjoint(
  a: Facts,
  b: Facts,
  followed: (one: Located) => readonly Facts[],
  depth = 0,
): boolean {
  if (a.values && b.values) {
    const texts = new Set(a.values.map(canonical));
    if (!b.values.some((value) => texts.has(canonical(value)))) return true;
  }
  const shared = sharedTypes(typesOf(a), typesOf(b));
  return shared.every((type) => {
    if (type === "number") return apart(a, b) || apart(b, a);
    if (type === "string") return a.minLength > b.maxLength || b.minLength > a.maxLength;
    if (type === "array") return a.minItems > b.maxItems || b.minItems > a.maxItems;
    if (type !== "object") return false;
    return excludes(a, b) || excludes(b, a) || (depth < DEEPEST && differ(a, b, followed, depth));
  });
}

/** Types of the values, if these are listed. */
function typesOf({ types, values }: Facts): ReadonlySet<Type> {
  if (!values) return types;
  return new Set(values.map((value): Type => {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    return typeof value as Type;
  }));
}

/** Integers count as numbers. */
function sharedTypes(a: ReadonlySet<Type>, b: ReadonlySet<Type>): Type[] {
  const wide = (types: ReadonlySet<Type>) =>
    new Set([...types].map((type) => type === "integer" ? "number" : type));
  const other = wide(b);
  return [...wide(a)].filter((type) => other.has(type));
}

/** True if all numbers of `a` are below those of `b`. */
function apart(a: Facts, b: Facts): boolean {
  if (!a.upper || !b.lower) return false;
  const { value, open } = a.upper;
  return value < b.lower.value || (value === b.lower.value && (open || b.lower.open));
}

/** True if `a` demands a property that `b` forbids. */
function excludes(a: Facts, b: Facts): boolean {
  return a.required.some((name) =>
    b.fields.some(({ named, patterns, others }) =>
      named.has(name) ? named.get(name)!.schema === false : patterns.size === 0 && others?.schema === false
    )
  );
}

/** True if both demand a property whose schemas are disjoint. */
function differ(a: Facts, b: Facts, followed: (one: Located) => readonly Facts[], depth: number): boolean {
  const schemas = (facts: Facts, name: string) => facts.fields.flatMap(({ named }) => named.get(name) ?? []);
  return a.required.filter((name) => b.required.includes(name)).some((name) =>
    schemas(a, name).some((one) =>
      schemas(b, name).some((other) => {
        if (typeof one.schema === "boolean" || typeof other.schema === "boolean") return false;
        // References may be recursive; a discriminator has none.
        if (one.schema.$ref !== undefined || other.schema.$ref !== undefined) return false;
        return followed(one).every((x) =>
          followed(other).every((y) => areDisjoint(x, y, followed, depth + 1))
        );
      })
    )
  );
}
