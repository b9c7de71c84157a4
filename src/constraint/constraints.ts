import type { Constraint } from "./constraint.ts";
import { plain } from "./automaton/characters.ts";
import { type Expression, Expressions } from "./automaton/expression.ts";
import { Grammar } from "./automaton/grammar.ts";
import { grammarOf } from "./gbnf/compile.ts";
import { Masks } from "./masks.ts";
import { Matcher } from "./matcher.ts";
import { wholeText } from "./regex/compile.ts";
import { parsePattern } from "./regex/parse.ts";
import { compileSchema, valuesOf } from "./schema/compile.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A constraint for one vocabulary. */
export class CompiledConstraint {
  constructor(readonly masks: Masks) {}

  /** A matcher for one sequence, before its first token. */
  start(): Matcher {
    return new Matcher(this.masks);
  }
}

/** Maximum number of compiled constraints kept. */
const KEPT = 32;

/** Compiles constraints for one vocabulary, and keeps the most recently used. */
export class Constraints {
  /** In order of use, the latest last. */
  readonly #kept = new Map<string, CompiledConstraint>();

  constructor(readonly vocabulary: Vocabulary) {}

  /** A constraint for the vocabulary. @throws DataError for what is broken, not supported or too large */
  of(constraint: Constraint): CompiledConstraint {
    const key = JSON.stringify(constraint);
    const compiled = this.#kept.get(key) ??
      new CompiledConstraint(new Masks(compile(constraint), this.vocabulary));
    this.#kept.delete(key);
    this.#kept.set(key, compiled);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return compiled;
  }
}

/** @throws DataError as {@linkcode Constraints.of} does */
export function compile(constraint: Constraint): Grammar {
  if (constraint.kind === "jsonSchema") return compileSchema(constraint.schema);
  return new Grammar(expressionOf(new Expressions(), constraint));
}

function expressionOf(make: Expressions, constraint: Constraint): Expression {
  switch (constraint.kind) {
    case "jsonSchema":
      return valuesOf(make, constraint.schema);
    case "regex":
      return wholeText(make, parsePattern(constraint.pattern), plain);
    case "grammar":
      return grammarOf(make, constraint.grammar);
    case "text":
      return make.literal(constraint.text);
    case "sequence":
      return make.sequence(...constraint.items.map((item) => expressionOf(make, item)));
    case "choice":
      return make.choice(...constraint.options.map((option) => expressionOf(make, option)));
    case "repeat":
      return make.repeat(expressionOf(make, constraint.item), constraint.min, constraint.max);
  }
}
