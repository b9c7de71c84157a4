import { DataError } from "../../base/errors.ts";
import { ANY, type CodePoints, invert, unite } from "../automaton/characters.ts";
import type { Pattern } from "./syntax.ts";

/** Longest pattern in UTF-16 units, and deepest nesting of its groups. */
const LONGEST = 20_000;
const DEEPEST = 200;
/** Largest count of a repetition. */
const MOST_TIMES = 1_000_000;

const DIGITS: CodePoints = [[0x30, 0x39]];
const WORD: CodePoints = [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
/** ECMAScript's white space and line ends. */
const SPACE: CodePoints = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: CodePoints = [[0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]];
const CLASSES: Readonly<Record<string, CodePoints>> = {
  d: DIGITS,
  D: invert(DIGITS),
  w: WORD,
  W: invert(WORD),
  s: SPACE,
  S: invert(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

/**
 * Parses a regular expression in ECMAScript's syntax (flag u): sets, groups, alternatives, quantifiers and
 * anchors. A lazy quantifier matches what a greedy one does.
 * @throws DataError for a syntax error, or for what a finite automaton lacks: lookaround, backreferences,
 *   word boundaries; also for properties such as \p{L}
 */
export function parsePattern(source: string): Pattern {
  return new Parser(source).parse();
}

class Parser {
  #at = 0;
  #depth = 0;
  readonly #points: readonly string[];

  constructor(readonly source: string) {
    if (source.length > LONGEST) {
      throw new DataError(
        `regular expression: ${source.length} characters, at most ${LONGEST} are supported`,
      );
    }
    this.#points = [...source];
  }

  parse(): Pattern {
    const pattern = this.#choice();
    if (this.#at < this.#points.length) throw this.#error("unmatched )");
    return pattern;
  }

  #error(what: string): DataError {
    return new DataError(`regular expression, character ${this.#at + 1}: ${what}`);
  }

  get #next(): string | undefined {
    return this.#points[this.#at];
  }

  #eat(text: string): boolean {
    if (![...text].every((one, i) => this.#points[this.#at + i] === one)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Pattern {
    if (++this.#depth > DEEPEST) throw this.#error(`groups nested deeper than ${DEEPEST}`);
    const options = [this.#sequence()];
    while (this.#eat("|")) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0] : { kind: "choice", options };
  }

  #sequence(): Pattern {
    const items: Pattern[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") {
      items.push(this.#repeated(this.#atom()));
    }
    return items.length === 1 ? items[0] : { kind: "sequence", items };
  }

  #repeated(item: Pattern): Pattern {
    const [min, max] = this.#counts();
    if (min === 1 && max === 1) return item;
    if (item.kind === "anchor") throw this.#error("nothing to repeat");
    this.#eat("?");
    return { kind: "repeat", item, min, max };
  }

  #counts(): [min: number, max: number] {
    if (this.#eat("*")) return [0, Infinity];
    if (this.#eat("+")) return [1, Infinity];
    if (this.#eat("?")) return [0, 1];
    if (this.#next !== "{") return [1, 1];
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#points.slice(this.#at, this.#at + 24).join(""));
    if (!match) throw this.#error("expected a count such as {2,4}; a brace itself is \\{");
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? Infinity : Number(match[3]);
    if (min > max) throw this.#error("the counts are out of order");
    if (min > MOST_TIMES || (max > MOST_TIMES && max !== Infinity)) {
      throw this.#error(`a count above ${MOST_TIMES}`);
    }
    this.#at += match[0].length;
    return [min, max];
  }

  #atom(): Pattern {
    const char = this.#next!;
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        this.#at++;
        return { kind: "set", points: this.#set() };
      case ".":
        this.#at++;
        return { kind: "set", points: invert(LINE_ENDS) };
      case "^":
      case "$":
        this.#at++;
        return { kind: "anchor", side: char === "^" ? "start" : "end" };
      case "*":
      case "+":
      case "?":
        throw this.#error("nothing to repeat");
      case "{":
      case "}":
      case "]":
        throw this.#error(`a ${char} that is a character must be written \\${char}`);
      case "\\":
        return { kind: "set", points: this.#escape(false) };
      default:
        this.#at++;
        return { kind: "set", points: one(this.#pointOf(char)) };
    }
  }

  #group(): Pattern {
    const from = this.#at++;
    if (this.#eat("?")) {
      if (this.#eat("<=") || this.#eat("<!")) throw this.#unsupported(from, "lookbehind");
      if (this.#eat("=") || this.#eat("!")) throw this.#unsupported(from, "lookahead");
      if (this.#eat("<")) {
        const end = this.#points.indexOf(">", this.#at);
        const name = end < 0 ? "" : this.#points.slice(this.#at, end).join("");
        if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) throw this.#error("a bad group name");
        this.#at = end + 1;
      } else if (!this.#eat(":")) throw this.#unsupported(from, "a group with flags");
    }
    const inner = this.#choice();
    if (!this.#eat(")")) throw this.#error("expected )");
    return inner;
  }

  #unsupported(at: number, what: string): DataError {
    this.#at = at;
    return this.#error(`${what} is not supported`);
  }

  #set(): CodePoints {
    const inverted = this.#eat("^");
    const parts: CodePoints[] = [];
    for (;;) {
      if (this.#next === undefined) throw this.#error("expected ]");
      if (this.#eat("]")) break;
      const from = this.#setItem();
      if (this.#next === "-" && this.#points[this.#at + 1] !== "]" && this.#at + 1 < this.#points.length) {
        this.#at++;
        const to = this.#setItem();
        // A class such as \d begins with more than one character.
        if (from[0][0] !== from[0][1] || to[0][0] !== to[0][1]) {
          throw this.#error("a range needs a character on each side");
        }
        if (from[0][0] > to[0][0]) throw this.#error("the range is out of order");
        parts.push([[from[0][0], to[0][0]]]);
      } else parts.push(from);
    }
    const set = unite(...parts);
    return inverted ? invert(set) : set;
  }

  #setItem(): CodePoints {
    if (this.#next === "\\") return this.#escape(true);
    return one(this.#pointOf(this.#points[this.#at++]));
  }

  #escape(inSet: boolean): CodePoints {
    const from = this.#at++;
    const char = this.#points[this.#at++];
    if (char === undefined) throw this.#error("nothing after \\");
    if (char in CLASSES) return CLASSES[char];
    if (char === "b" && inSet) return one(8);
    if (char === "b" || char === "B") throw this.#unsupported(from, "a word boundary");
    if (char === "p" || char === "P") throw this.#unsupported(from, `the property \\${char}`);
    if (char === "k" || (char >= "1" && char <= "9")) throw this.#unsupported(from, "a backreference");
    if (char in CONTROLS) {
      if (char === "0" && /\d/.test(this.#next ?? "")) throw this.#unsupported(from, "an octal escape");
      return one(CONTROLS[char]);
    }
    if (char === "c") {
      const letter = this.#points[this.#at++] ?? "";
      if (!/^[A-Za-z]$/.test(letter)) throw this.#error("a letter is expected after \\c");
      return one(letter.charCodeAt(0) & 31);
    }
    if (char === "x") return one(this.#hex(2));
    if (char === "u") return one(this.#unicode());
    if (/[A-Za-z0-9]/.test(char)) throw this.#unsupported(from, `the escape \\${char}`);
    return one(this.#pointOf(char));
  }

  #hex(digits: number): number {
    const text = this.#points.slice(this.#at, this.#at + digits).join("");
    if (!/^[0-9a-fA-F]+$/.test(text) || text.length !== digits) {
      throw this.#error(`expected ${digits} hexadecimal digits`);
    }
    this.#at += digits;
    return parseInt(text, 16);
  }

  #unicode(): number {
    if (this.#eat("{")) {
      const end = this.#points.indexOf("}", this.#at);
      const text = end < 0 ? "" : this.#points.slice(this.#at, end).join("");
      if (!/^[0-9a-fA-F]{1,6}$/.test(text)) throw this.#error("expected hexadecimal digits and }");
      this.#at = end + 1;
      return this.#checked(parseInt(text, 16));
    }
    const unit = this.#hex(4);
    if (unit >= 0xd800 && unit < 0xdc00 && this.#eat("\\u")) {
      const low = this.#hex(4);
      if (low >= 0xdc00 && low < 0xe000) return 0x10000 + (unit - 0xd800) * 0x400 + low - 0xdc00;
    }
    return this.#checked(unit);
  }

  #pointOf(char: string): number {
    return this.#checked(char.codePointAt(0)!);
  }

  #checked(point: number): number {
    if (point > 0x10ffff) throw this.#error("a code point above 10FFFF");
    if (point >= 0xd800 && point < 0xe000) throw this.#error("half a surrogate pair");
    return point;
  }
}

function one(point: number): CodePoints {
  return [[point, point]];
}

/** Every code point, line ends too. */
export const ANYTHING: Pattern = { kind: "set", points: ANY };
