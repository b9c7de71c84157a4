import { plain } from "./automaton/characters.ts";
import { Expressions } from "./automaton/expression.ts";
import { Grammar } from "./automaton/grammar.ts";
import { Masks } from "./masks.ts";
import { wholeText } from "./regex/compile.ts";
import { parsePattern } from "./regex/parse.ts";
import { compileSchema } from "./schema/compile.ts";
import type { Json } from "./schema/located.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The language that an answer is held to: values of a JSON schema, or texts that match a pattern as a whole. */
export type Constraint =
  | { readonly kind: "jsonSchema"; readonly schema: Json }
  | { readonly kind: "regex"; readonly pattern: string };

/** Any JSON object. */
export const JSON_OBJECT: Constraint = { kind: "jsonSchema", schema: { type: "object" } };

/** Compiled constraints that are kept. */
const KEPT = 32;

/** Compiles constraints for one vocabulary, and keeps those used last. */
export class Constraints {
  /** In order of use, the latest last. */
  readonly #kept = new Map<string, Masks>();

  constructor(readonly vocabulary: Vocabulary) {}

  /** The tokens that a constraint allows. @throws DataError for what is broken, not supported or too large */
  of(constraint: Constraint): Masks {
    const key = JSON.stringify(constraint);
    const masks = this.#kept.get(key) ?? new Masks(compile(constraint), this.vocabulary);
    this.#kept.delete(key);
    this.#kept.set(key, masks);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return masks;
  }
}

/** @throws DataError as {@linkcode Constraints.of} does */
export function compile(constraint: Constraint): Grammar {
  if (constraint.kind === "jsonSchema") return compileSchema(constraint.schema);
  return new Grammar(wholeText(new Expressions(), parsePattern(constraint.pattern), plain));
}
