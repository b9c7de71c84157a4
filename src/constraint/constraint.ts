import type { Json } from "./schema/located.ts";

/** The language that an answer is held to: values of a JSON schema, or texts that match a pattern as a whole. */
export type Constraint =
  | { readonly kind: "jsonSchema"; readonly schema: Json }
  | { readonly kind: "regex"; readonly pattern: string };

/** Any JSON object. */
export const JSON_OBJECT: Constraint = { kind: "jsonSchema", schema: { type: "object" } };
