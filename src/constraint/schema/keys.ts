import type { Automaton } from "../automaton/automaton.ts";
import type { Expression, Expressions } from "../automaton/expression.ts";
import { automatonOf } from "../automaton/grammar.ts";
import { type Facts, factsOf } from "./facts.ts";
import { isPlain } from "./keywords.ts";
import { type Located, SchemaError } from "./located.ts";
import { both, patternStrings, plainString, strings } from "./strings.ts";

/** Patterns of names in one object: each doubles the kinds of other names. */
const MOST_PATTERNS = 4;

/** A kind of names that the schema does not list, and the schemas of their values. */
interface OtherKeys {
  readonly key: Expression;
  readonly schemas: readonly Located[];
}

/** The names of an object's properties: those that are listed, and kinds of others. */
export class Keys {
  /** Listed names that may come, in the schema's order; those that are only required are last. */
  readonly named: readonly string[];
  readonly others: readonly OtherKeys[];
  /** True if a required name is not allowed. */
  readonly isImpossible: boolean;
  readonly #make: Expressions;
  readonly #facts: Facts;
  readonly #languages = new Map<string, Language>();

  /** @throws SchemaError for too many patterns, or for schemas of names that have alternatives */
  constructor(make: Expressions, facts: Facts) {
    this.#make = make;
    this.#facts = facts;
    const { fields, required, names } = facts;
    const allowed = names.map((one) => this.#namesOf(one));
    const listed = [
      ...new Set([
        ...fields.flatMap(({ named }) => [...named.keys()]),
        ...required,
        ...allowed.flatMap(({ texts }) => texts),
      ]),
    ];
    this.named = listed.filter((name) =>
      allowed.every((language) => language.has(name)) || required.includes(name)
    );
    this.isImpossible = required.some((name) => !allowed.every((language) => language.has(name)));
    this.others = this.#othersOf(listed, allowed);
  }

  /** The schemas of a listed name's value. */
  schemasOf(name: string): readonly Located[] {
    return this.#facts.fields.flatMap(({ named, patterns, others }) => {
      const own = named.get(name);
      const matched = [...patterns].filter(([pattern, { pointer }]) =>
        this.#pattern(pattern, pointer).has(name)
      );
      const all = [...own ? [own] : [], ...matched.map(([, schema]) => schema)];
      return all.length > 0 ? all : others ?? [];
    });
  }

  /** Each combination of patterns that a name may match. */
  #othersOf(listed: readonly string[], allowed: readonly Language[]): OtherKeys[] {
    const make = this.#make;
    const { fields } = this.#facts;
    const patterns = [...new Map(fields.flatMap(({ patterns }) => [...patterns]))];
    if (patterns.length > MOST_PATTERNS) {
      const pointer = patterns[MOST_PATTERNS][1].pointer;
      throw new SchemaError(
        pointer,
        `more than ${MOST_PATTERNS} patterns of names in one object are not supported`,
      );
    }
    let rest = plainString(make);
    if (listed.length > 0) {
      const taken = make.choice(...listed.map((name) => make.literal(JSON.stringify(name))));
      rest = make.machine({ kind: "minus", left: rest, right: taken }, false);
    }
    for (const { key } of allowed) rest = both(make, rest, key);
    return Array.from({ length: 2 ** patterns.length }, (_, mask) => {
      const isMatched = (pattern: string) =>
        (mask >> patterns.findIndex(([one]) => one === pattern) & 1) === 1;
      const key = patterns.reduce((left, [pattern, { pointer }]) => {
        const right = this.#pattern(pattern, pointer).key;
        return make.machine({ kind: isMatched(pattern) ? "and" : "minus", left, right }, false);
      }, rest);
      const schemas = fields.flatMap((part) => {
        const matched = [...part.patterns].filter(([pattern]) => isMatched(pattern)).map(([, schema]) =>
          schema
        );
        return matched.length > 0 ? matched : part.others ?? [];
      });
      return { key, schemas };
    });
  }

  #pattern(text: string, pointer: string): Language {
    let known = this.#languages.get(text);
    if (!known) {
      known = new Language(patternStrings(this.#make, { text, pointer }));
      this.#languages.set(text, known);
    }
    return known;
  }

  /** The names that a schema of names allows. */
  #namesOf({ schema, pointer }: Located): Language {
    const make = this.#make;
    if (schema === true) return new Language(plainString(make));
    if (schema === false) return new Language(make.never);
    if (!isPlain(schema)) throw new SchemaError(pointer, "only keywords of texts are supported here");
    const facts = factsOf([{ schema, pointer }]);
    if (!facts.types.has("string")) return new Language(make.never);
    if (!facts.values) return new Language(strings(make, facts));
    const texts = facts.values.filter((value) => typeof value === "string");
    const literals = make.choice(...texts.map((value) => make.literal(JSON.stringify(value))));
    return new Language(both(make, literals, strings(make, facts)), texts);
  }
}

/** A set of names, as JSON strings. */
class Language {
  #automaton: Automaton | undefined | null = null;

  /** @param texts those that it has, if they are listed */
  constructor(readonly key: Expression, readonly texts: readonly string[] = []) {}

  has(name: string): boolean {
    const automaton = this.#automaton === null ? this.#automaton = automatonOf(this.key) : this.#automaton;
    return automaton?.matches(JSON.stringify(name)) ?? false;
  }
}
