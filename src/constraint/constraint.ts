import type { Json } from "./schema/located.ts";

/** The language that an answer is held to. */
export type Constraint =
  /** Values of a JSON schema. */
  | { readonly kind: "jsonSchema"; readonly schema: Json }
  /** Texts that match a pattern as a whole. */
  | { readonly kind: "regex"; readonly pattern: string }
  /** Texts of a grammar in a subset of llama.cpp's GBNF; the rule `root` is the whole text. */
  | { readonly kind: "grammar"; readonly grammar: string }
  /** One text. */
  | { readonly kind: "text"; readonly text: string }
  /** One after another. */
  | { readonly kind: "sequence"; readonly items: readonly Constraint[] }
  /** Any of them. */
  | { readonly kind: "choice"; readonly options: readonly Constraint[] }
  /** `min` to `max` times. */
  | { readonly kind: "repeat"; readonly item: Constraint; readonly min: number; readonly max: number };

/** Any JSON object. */
export const JSON_OBJECT: Constraint = { kind: "jsonSchema", schema: { type: "object" } };
