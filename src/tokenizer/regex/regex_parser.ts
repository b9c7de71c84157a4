import { DataError } from "../../base/errors.ts";
import {
  anyOf,
  caseVariants,
  type CharacterTest,
  posixTest,
  propertyTest,
  shorthand,
} from "./regex_classes.ts";

/** A parsed regular expression. */
export type RegexNode =
  | { kind: "set"; test: CharacterTest }
  | { kind: "sequence"; items: RegexNode[] }
  | { kind: "choice"; items: RegexNode[] }
  | { kind: "repeat"; item: RegexNode; least: number; most: number; greedy: boolean }
  | { kind: "atomic"; item: RegexNode }
  | { kind: "look"; item: RegexNode; ahead: boolean; negative: boolean }
  | { kind: "place"; name: Place };

/** Zero-width assertions. */
export type Place = "lineStart" | "lineEnd" | "textStart" | "textEnd" | "lastLineEnd" | "word" | "notWord";

const MOST_REPEATS = 1000;
const ANY: CharacterTest = (c) => c !== 10;

/**
 * Parses the subset of Oniguruma's (Ruby) syntax that tokenizer files use. @throws DataError naming unsupported syntax.
 */
export class RegexParser {
  #at = 0;
  #fold = false;
  #dotAll = false;
  #depth = 0;

  constructor(readonly source: string, readonly where: string) {}

  parse(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.source.length) this.#fail("an expression that ends");
    return node;
  }

  #fail(expected: string): never {
    const rest = this.source.slice(this.#at, this.#at + 20);
    throw new DataError(
      `${this.where}: offset ${this.#at}: expected ${expected}, got ${JSON.stringify(rest)}`,
    );
  }

  #eat(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #choice(): RegexNode {
    if (++this.#depth > 100) this.#fail("groups nested at most 100 deep");
    const outer = [this.#fold, this.#dotAll] as const;
    const items = [this.#sequence()];
    while (this.#eat("|")) items.push(this.#sequence());
    [this.#fold, this.#dotAll] = outer;
    this.#depth--;
    return items.length === 1 ? items[0] : { kind: "choice", items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#at < this.source.length && !/[|)]/.test(this.source[this.#at])) {
      let item = this.#atom();
      if (item === undefined) continue;
      for (
        let quantified = this.#quantifier(item);
        quantified !== undefined;
        quantified = this.#quantifier(item)
      ) {
        item = quantified;
      }
      items.push(item);
    }
    return items.length === 1 ? items[0] : { kind: "sequence", items };
  }

  #quantifier(item: RegexNode): RegexNode | undefined {
    let least = 0;
    let most = Infinity;
    const braces = this.#match(/\{(\d*)(,?)(\d*)\}/y);
    if (braces !== null) {
      if (braces[1] === "" && braces[3] === "") this.#fail("a repeat with a number");
      least = Number(braces[1]);
      if (braces[2] === "") most = least;
      else if (braces[3] !== "") most = Number(braces[3]);
      if (least > most || least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS)) {
        this.#fail(`a repeat of at most ${MOST_REPEATS}`);
      }
    } else if (this.#eat("+")) least = 1;
    else if (this.#eat("?")) most = 1;
    else if (!this.#eat("*")) return undefined;
    if (this.#eat("?")) return { kind: "repeat", item, least, most, greedy: false };
    const repeat: RegexNode = { kind: "repeat", item, least, most, greedy: true };
    return braces === null && this.#eat("+") ? { kind: "atomic", item: repeat } : repeat;
  }

  #atom(): RegexNode | undefined {
    if (this.#eat("(")) return this.#group();
    if (this.#eat("[")) return { kind: "set", test: this.#class() };
    if (this.#eat("^")) return { kind: "place", name: "lineStart" };
    if (this.#eat("$")) return { kind: "place", name: "lineEnd" };
    if (this.#eat(".")) return { kind: "set", test: this.#dotAll ? () => true : ANY };
    if (/[*+?]/.test(this.source[this.#at])) this.#fail("something to repeat");
    if (this.#eat("\\")) {
      const places: Record<string, Place> = {
        A: "textStart",
        z: "textEnd",
        Z: "lastLineEnd",
        b: "word",
        B: "notWord",
      };
      const name = places[this.source[this.#at]];
      if (name !== undefined) {
        this.#at++;
        return { kind: "place", name };
      }
      if (/[1-9kgGKRXy]/.test(this.source[this.#at] ?? "")) {
        this.#fail("no back-reference or other special escape");
      }
      return { kind: "set", test: this.#folded(this.#escape()) };
    }
    return { kind: "set", test: this.#folded(this.#literal()) };
  }

  #group(): RegexNode | undefined {
    const close = (): RegexNode => {
      const node = this.#choice();
      if (!this.#eat(")")) this.#fail("a closing parenthesis");
      return node;
    };
    if (this.#match(/\?#[^)]*\)/y) !== null) return undefined;
    if (this.#eat("?=")) return { kind: "look", item: close(), ahead: true, negative: false };
    if (this.#eat("?!")) return { kind: "look", item: close(), ahead: true, negative: true };
    if (this.#eat("?<=")) return { kind: "look", item: close(), ahead: false, negative: false };
    if (this.#eat("?<!")) return { kind: "look", item: close(), ahead: false, negative: true };
    if (this.#eat("?>")) return { kind: "atomic", item: close() };
    const flags = this.#match(/\?([imx]*)(?:-([imx]*))?(:|\))/y);
    if (flags !== null) {
      const outer = [this.#fold, this.#dotAll] as const;
      if ((flags[1] + (flags[2] ?? "")).includes("x")) this.#fail("no extended syntax");
      if (flags[1].includes("i")) this.#fold = true;
      if (flags[1].includes("m")) this.#dotAll = true;
      if (flags[2]?.includes("i")) this.#fold = false;
      if (flags[2]?.includes("m")) this.#dotAll = false;
      if (flags[3] === ")") return undefined;
      const node = close();
      [this.#fold, this.#dotAll] = outer;
      return node;
    }
    this.#match(/\?<\w+>/y);
    if (this.source[this.#at] === "?") this.#fail("a known kind of group");
    return close();
  }

  #literal(): CharacterTest {
    const codePoint = this.source.codePointAt(this.#at) as number;
    this.#at += codePoint > 0xffff ? 2 : 1;
    return (c) => c === codePoint;
  }

  /** After a backslash: a class, or one character. */
  #escape(): CharacterTest {
    const property = this.#match(/([pP])\{(\^?)([\w\s]+)\}/y);
    if (property !== null) {
      const test = propertyTest(property[3]);
      if (test === undefined) this.#fail("a known Unicode property");
      return (property[1] === "P") !== (property[2] === "^") ? (c) => !test(c) : test;
    }
    const named = shorthand[this.source[this.#at]];
    if (named !== undefined) {
      this.#at++;
      return named;
    }
    const code = this.#codePoint();
    return (c) => c === code;
  }

  /** One escaped character's code point. */
  #codePoint(): number {
    const hex = this.#match(/u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})/y);
    if (hex !== null) return parseInt(hex[1] ?? hex[2] ?? hex[3], 16);
    if (this.#at >= this.source.length) this.#fail("a character after the backslash");
    const codePoint = this.source.codePointAt(this.#at) as number;
    const control = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27, "0": 0 }[this.source[this.#at]];
    if (control === undefined && /[A-Za-z0-9]/.test(this.source[this.#at])) this.#fail("a known escape");
    this.#at += codePoint > 0xffff ? 2 : 1;
    return control ?? codePoint;
  }

  #class(): CharacterTest {
    if (++this.#depth > 100) this.#fail("classes nested at most 100 deep");
    const negative = this.#eat("^");
    const all: CharacterTest[] = [];
    let some: CharacterTest[] = [];
    let first = true;
    while (first || this.source[this.#at] !== "]") {
      if (this.#at >= this.source.length) this.#fail("a closing bracket");
      first = false;
      if (this.#eat("&&")) {
        all.push(anyOf(some));
        some = [];
      } else some.push(this.#classItem());
    }
    this.#at++;
    this.#depth--;
    all.push(anyOf(some));
    const test = this.#folded((c) => all.every((part) => part(c)));
    return negative ? (c) => !test(c) : test;
  }

  #classItem(): CharacterTest {
    const posix = this.#match(/\[:(\^?)(\w+):\]/y);
    if (posix !== null) {
      const test = posixTest(posix[2]);
      if (test === undefined) this.#fail("a known POSIX class");
      return posix[1] === "^" ? (c) => !test(c) : test;
    }
    if (this.#eat("[")) return this.#class();
    let low: number;
    if (this.#eat("\\")) {
      if (/[pPsSdDwWhH]/.test(this.source[this.#at])) return this.#escape();
      low = this.#eat("b") ? 8 : this.#codePoint();
    } else {
      low = this.source.codePointAt(this.#at) as number;
      this.#at += low > 0xffff ? 2 : 1;
    }
    if (
      this.source[this.#at] !== "-" ||
      "]\\[".includes(this.source[this.#at + 1] ?? "]") && this.source[this.#at + 1] !== "\\"
    ) {
      return (c) => c === low;
    }
    this.#at++;
    let high: number;
    if (this.#eat("\\")) high = this.#codePoint();
    else {
      high = this.source.codePointAt(this.#at) as number;
      this.#at += high > 0xffff ? 2 : 1;
    }
    if (high < low) this.#fail("a range in order");
    return (c) => c >= low && c <= high;
  }

  #folded(test: CharacterTest): CharacterTest {
    if (!this.#fold) return test;
    return (c) => test(c) || caseVariants(c).some(test);
  }
}
