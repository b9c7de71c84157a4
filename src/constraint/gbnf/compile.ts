import { DataError } from "../../base/errors.ts";
import { ANY, type CodePoints, invert, plain, unite } from "../automaton/characters.ts";
import type { Expression, Expressions, Rule } from "../automaton/expression.ts";

/** Longest grammar in UTF-16 units, deepest nesting of its groups, and largest count of a repetition. */
const LONGEST = 200_000;
const DEEPEST = 200;
const MOST_TIMES = 100_000;

/**
 * The texts of a grammar in a subset of llama.cpp's GBNF: rules `name ::= …`, of which `root` is the whole text;
 * "texts", [sets], `.`, groups, `|`, `*`, `+`, `?`, `{2,5}`, and comments after `#`.
 * @throws DataError for a syntax error, a rule that is missing or stated twice
 */
export function grammarOf(make: Expressions, source: string): Expression {
  return new Parser(make, source).parse();
}

class Parser {
  #at = 0;
  #depth = 0;
  readonly #rules = new Map<string, { readonly rule: Rule; readonly expression: Expression; line: number }>();

  constructor(readonly make: Expressions, readonly source: string) {
    if (source.length > LONGEST) {
      throw new DataError(`grammar: ${source.length} characters, at most ${LONGEST} are supported`);
    }
  }

  parse(): Expression {
    this.#skip(true);
    while (this.#at < this.source.length) this.#rule();
    for (const [name, { rule, line }] of this.#rules) {
      if (!rule.body) throw new DataError(`grammar, line ${line}: there is no rule ${name}`);
    }
    const root = this.#rules.get("root");
    if (!root) throw new DataError("grammar: there is no rule root");
    return root.expression;
  }

  #error(problem: string): DataError {
    return new DataError(`grammar, line ${this.#line}: ${problem}`);
  }

  get #line(): number {
    return this.source.slice(0, this.#at).split("\n").length;
  }

  /** Goes past blanks and comments. @param lines true if line ends are blanks too */
  #skip(lines: boolean): void {
    const blank = lines ? /(?:\s|#[^\n]*)*/y : /(?:[ \t]|#[^\n]*)*/y;
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.source)![0].length;
  }

  /** Takes what a pattern matches here. */
  #take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, "yu");
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.source);
    if (found) this.#at += found[0].length;
    return found;
  }

  #rule(): void {
    const name = this.#take(/[a-zA-Z][a-zA-Z0-9_-]*/)?.[0];
    if (name === undefined) throw this.#error("expected the name of a rule");
    this.#skip(false);
    if (!this.#take(/::=/)) throw this.#error(`expected ::= after ${name}`);
    const { rule } = this.#named(name);
    if (rule.body) throw this.#error(`the rule ${name} is stated twice`);
    rule.body = this.#choice(false);
    this.#skip(false);
    if (this.#at < this.source.length && this.source[this.#at] !== "\n" && this.source[this.#at] !== "\r") {
      throw this.#error(
        `unexpected ${JSON.stringify(String.fromCodePoint(this.source.codePointAt(this.#at)!))}`,
      );
    }
    this.#skip(true);
  }

  #named(name: string) {
    let known = this.#rules.get(name);
    if (!known) this.#rules.set(name, known = { ...this.make.rule(name), line: this.#line });
    return known;
  }

  /** @param isInside true in a group, where a line end is a blank */
  #choice(isInside: boolean): Expression {
    if (++this.#depth > DEEPEST) throw this.#error(`groups nested deeper than ${DEEPEST}`);
    const options: Expression[] = [];
    do {
      this.#skip(true);
      options.push(this.#sequence(isInside));
    } while (this.#take(/\s*\|/));
    this.#depth--;
    return this.make.choice(...options);
  }

  #sequence(isInside: boolean): Expression {
    const items: Expression[] = [];
    for (;;) {
      this.#skip(isInside);
      // At the start of a line, a name begins the next rule.
      const item = this.#item();
      if (!item) return this.make.sequence(...items);
      items.push(this.#repeated(item));
    }
  }

  #item(): Expression | undefined {
    const { make } = this;
    const text = this.#take(/"((?:[^"\\\n]|\\.)*)"/);
    if (text) return make.literal(this.#unescaped(text[1]));
    if (this.#take(/\./)) return plain(make, ANY);
    const set = this.#take(/\[(\^?)((?:[^\]\\\n]|\\.)*)\]/);
    if (set) return plain(make, set[1] ? invert(this.#set(set[2])) : this.#set(set[2]));
    if (this.#take(/\(/)) {
      const inner = this.#choice(true);
      this.#skip(true);
      if (!this.#take(/\)/)) throw this.#error("expected )");
      return inner;
    }
    const name = this.#take(/[a-zA-Z][a-zA-Z0-9_-]*(?!\s*::=|[a-zA-Z0-9_-])/)?.[0];
    return name === undefined ? undefined : this.#named(name).expression;
  }

  #repeated(item: Expression): Expression {
    let result = item;
    for (;;) {
      const mark = this.#take(/[*+?]|\{\s*(\d{1,9})\s*(,\s*(\d{0,9})\s*)?\}/);
      if (!mark) return result;
      const [min, max] = mark[1] === undefined
        ? { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] }[mark[0]]!
        : [Number(mark[1]), mark[2] === undefined ? Number(mark[1]) : Number(mark[3] || Infinity)];
      if (min > max) throw this.#error("the counts are out of order");
      if (min > MOST_TIMES || (max > MOST_TIMES && max !== Infinity)) {
        throw this.#error(`a count above ${MOST_TIMES}`);
      }
      result = this.make.repeat(result, min, max);
    }
  }

  #set(inside: string): CodePoints {
    const points: { value: number; isEscaped: boolean }[] = [];
    for (const [one] of inside.matchAll(ESCAPE_OR_CHARACTER)) {
      points.push({
        value: this.#unescaped(one).codePointAt(0)!,
        isEscaped: one.length > 1 && one[0] === "\\",
      });
    }
    const ranges: [number, number][] = [];
    for (let i = 0; i < points.length; i++) {
      const from = points[i].value;
      const isRange = points[i + 1]?.value === 0x2d && !points[i + 1].isEscaped && i + 2 < points.length;
      const to = isRange ? points[i += 2].value : from;
      if (from > to) throw this.#error("the range is out of order");
      ranges.push([from, to]);
    }
    return unite(ranges);
  }

  #unescaped(text: string): string {
    return text.replace(ESCAPE_OR_CHARACTER, (one) => {
      if (one[0] !== "\\" || one.length === 1) return one;
      const simple = SIMPLE[one[1]];
      if (simple !== undefined) return simple;
      if (one.length < 4) throw this.#error(`the escape ${one} is not supported`);
      const point = parseInt(one.slice(2), 16);
      const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000);
      if (!isCharacter) throw this.#error(`${one} is no character`);
      return String.fromCodePoint(point);
    });
  }
}

const ESCAPE_OR_CHARACTER = /\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[^]|[^]/gu;
const SIMPLE: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", t: "\t" },
  ...{ "\\": "\\", '"': '"', "[": "[", "]": "]", "-": "-", "^": "^", ".": "." },
};
