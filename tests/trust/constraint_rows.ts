import type { Constraint } from "../../src/constraint/constraint.ts";
import { compile } from "../../src/constraint/constraints.ts";
import type { Json } from "../../src/constraint/schema/located.ts";
import { BAD_GRAMMARS, BAD_PATTERNS, BAD_SCHEMAS } from "../support/bad_constraints.ts";
import { type CallRow, callRow } from "./call_row.ts";

const row = (constraint: Constraint, message: string): CallRow =>
  callRow(`constraint: ${JSON.stringify(constraint).slice(0, 100)}`, () => compile(constraint), 3, message);

/** Constraints that cannot be used. */
export const CONSTRAINT_ROWS: readonly CallRow[] = [
  ...BAD_SCHEMAS.map(([schema, message]) => row({ kind: "jsonSchema", schema: schema as Json }, message)),
  ...BAD_PATTERNS.map(([pattern, message]) => row({ kind: "regex", pattern }, message)),
  ...BAD_GRAMMARS.map(([grammar, message]) => row({ kind: "grammar", grammar }, message)),
];
