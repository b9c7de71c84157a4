import { DataError } from "../../base/errors.ts";
import type { Expression, Expressions } from "../automaton/expression.ts";
import { ANY, anyInString, inString } from "../automaton/characters.ts";
import { partOfText, wholeText } from "../regex/compile.ts";
import { parsePattern } from "../regex/parse.ts";
import type { Facts, Sourced } from "./facts.ts";
import { FORMATS } from "./formats.ts";
import { SchemaError } from "./located.ts";

/** The strings of a conjunction's facts, with their quotes. Lengths count code points. */
export function strings(make: Expressions, { minLength, maxLength, patterns, formats }: Facts): Expression {
  const languages = [
    ...patterns.map((source) => compiled(source, (text) => partOfText(make, parsePattern(text), inString))),
    ...formats.filter(({ text }) => Object.hasOwn(FORMATS, text)).map((source) =>
      compiled(source, (text) => wholeText(make, parsePattern(FORMATS[text]), inString))
    ),
  ];
  if (languages.length === 0) return quoted(make, make.repeat(anyInString(make), minLength, maxLength));
  if (minLength > 0 || maxLength < Infinity) {
    languages.push(make.repeat(inString(make, ANY), minLength, maxLength));
  }
  return quoted(make, languages.reduce((left, right) => both(make, left, right)));
}

/** The strings in which a pattern is found, in the form that JSON.stringify writes. */
export function patternStrings(make: Expressions, pattern: Sourced): Expression {
  return quoted(make, compiled(pattern, (text) => partOfText(make, parsePattern(text), inString)));
}

/** Any string in the form that JSON.stringify writes, which makes equal strings equal bytes. */
export function plainString(make: Expressions): Expression {
  return quoted(make, make.repeat(inString(make, ANY), 0, Infinity));
}

/** The texts of both languages. */
export function both(make: Expressions, left: Expression, right: Expression): Expression {
  return make.machine({ kind: "and", left, right }, left.nullable && right.nullable);
}

function quoted(make: Expressions, content: Expression): Expression {
  return make.sequence(make.literal('"'), content, make.literal('"'));
}

function compiled({ text, pointer }: Sourced, make: (text: string) => Expression): Expression {
  try {
    return make(text);
  } catch (error) {
    throw error instanceof DataError ? new SchemaError(pointer, error.message) : error;
  }
}
