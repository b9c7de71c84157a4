import { DataError } from "./errors.ts";

/** A JSON value; integers beyond ±(2^53 − 1) are bigints. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

/** A JSON object; `__proto__` is an ordinary key. */
export interface JsonObject {
  /** Values by key. */
  [key: string]: JsonValue;
}

/** Options of {@linkcode parseJson}. */
export interface JsonOptions {
  /** Maximum nesting of arrays and objects (default: 64). */
  maxDepth?: number;
  /** True to accept only unsigned integers as numbers: `1.0`, `1e0`, `-1` and `-0` are errors. */
  unsignedOnly?: boolean;
  /** Read numbers outside a double's range, and Python's words for them, as NaN and infinities. */
  allowsNonFinite?: boolean;
  /** Read as Python does: non-finite numbers, the last of two equal keys, and lone surrogates in text. */
  lenient?: boolean;
  /**
   * Maximum number of values (keys' values, items, escapes inside strings); bounds memory and time (default:
   * a million).
   */
  maxValues?: number;
}

/** Default maximum nesting. */
export const MAX_DEPTH = 64;
/** Default maximum number of values: enough for a header of a hundred thousand tensors. */
export const MAX_VALUES = 1_000_000;

const PLAIN = { enumerable: true, writable: true, configurable: true };
// deno-lint-ignore no-control-regex
const SPECIAL = /[\\\x00-\x1f]/;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * A recursive-descent parser that tracks the path of the current field; {@linkcode JSON.parse} is several times
 * faster, but names no field, rounds integers and takes repeated keys.
 */
export class JsonReader {
  #at = 0;
  #depth = 0;
  #values = 0;
  readonly #path: (string | number)[] = [];
  readonly #text: string;
  readonly #where: string;
  readonly #maxDepth: number;
  readonly #unsignedOnly: boolean;
  readonly #allowsNonFinite: boolean;
  readonly #maxValues: number;
  readonly #lenient: boolean;

  constructor(text: string, where: string, options: JsonOptions) {
    this.#text = text;
    this.#where = where;
    this.#maxDepth = options.maxDepth ?? MAX_DEPTH;
    this.#unsignedOnly = options.unsignedOnly ?? false;
    this.#lenient = options.lenient ?? false;
    this.#allowsNonFinite = options.allowsNonFinite ?? this.#lenient;
    this.#maxValues = options.maxValues ?? MAX_VALUES;
  }

  document(): JsonValue {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#fail("starts with a byte order mark");
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`expected the end, got ${this.#here()}`);
    return value;
  }

  #value(): JsonValue {
    this.#count();
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    if (code === 0x7b) return this.#object();
    if (code === 0x5b) return this.#array();
    if (code === 0x22) return this.#string();
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#number();
    if (this.#word("true")) return true;
    if (this.#word("false")) return false;
    if (this.#word("null")) return null;
    for (const word of ["NaN", "Infinity"]) if (this.#word(word)) return this.#nonFinite(word);
    return this.#fail(`expected a JSON value, got ${this.#here()}`);
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    this.#open();
    if (this.#take("}")) return this.#close(object);
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail(`expected a key in quotes, got ${this.#here()}`);
      const key = this.#string();
      this.#path.push(key);
      if (!this.#lenient && Object.hasOwn(object, key)) this.#fail("the key appears twice");
      this.#expect(":");
      const value = this.#value();
      if (key === "__proto__") Object.defineProperty(object, key, { value, ...PLAIN });
      else object[key] = value;
      this.#path.pop();
    } while (this.#take(","));
    this.#expect("}");
    return this.#close(object);
  }

  #array(): JsonValue[] {
    const array: JsonValue[] = [];
    this.#open();
    if (this.#take("]")) return this.#close(array);
    do {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
    } while (this.#take(","));
    this.#expect("]");
    return this.#close(array);
  }

  #string(): string {
    const text = this.#text;
    const start = ++this.#at;
    // Most strings are plain, and the built-in search is far faster than a loop.
    const quote = text.indexOf('"', start);
    const plain = text.slice(start, quote === -1 ? start : quote);
    if (quote !== -1 && !SPECIAL.test(plain)) {
      this.#checkText(plain);
      this.#at = quote + 1;
      return plain;
    }
    let value = "";
    let from = start;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.#fail("the text ends inside a string");
      if (code < 0x20) this.#fail("a control character inside a string");
      if (code !== 0x5c) {
        this.#at++;
        continue;
      }
      value += text.slice(from, this.#at);
      value += this.#escape();
      from = this.#at;
    }
    value += text.slice(from, this.#at);
    this.#checkText(value);
    this.#at++;
    return value;
  }

  #checkText(text: string): void {
    if (!this.#lenient && !text.isWellFormed()) this.#fail("a lone surrogate inside a string");
  }

  /** Counts everything that costs memory beyond its own text. */
  #count(): void {
    if (++this.#values > this.#maxValues) this.#fail(`expected at most ${this.#maxValues} values, got more`);
  }

  #escape(): string {
    this.#count();
    const letter = this.#text[this.#at + 1] ?? "";
    if (letter === "u") {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail("expected four hexadecimal digits after \\u");
      this.#at += 6;
      return String.fromCharCode(parseInt(hex, 16));
    }
    if (!Object.hasOwn(ESCAPES, letter)) this.#fail("an unknown escape inside a string");
    this.#at += 2;
    return ESCAPES[letter];
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) {
      if (this.#word("-Infinity")) return this.#nonFinite("-Infinity");
      return this.#fail(`expected a number, got ${this.#here()}`);
    }
    const [digits, fraction, exponent] = match;
    const isInteger = fraction === undefined && exponent === undefined;
    if (this.#unsignedOnly && !(isInteger && digits[0] !== "-")) {
      this.#fail(`expected a non-negative integer, got ${shorten(digits)}`);
    }
    // BigInt parsing takes quadratic time; no valid file has an integer this long.
    if (isInteger && digits.length > 40) this.#fail(`the integer ${shorten(digits)} is too long`);
    const value = Number(digits);
    this.#at += digits.length;
    if (!Number.isFinite(value)) return this.#nonFinite(digits);
    return isInteger && !Number.isSafeInteger(value) ? BigInt(digits) : value;
  }

  #nonFinite(text: string): number {
    if (!this.#allowsNonFinite) this.#fail(`expected a finite number, got ${shorten(text)}`);
    return Number(text);
  }

  #open(): void {
    this.#at++;
    if (++this.#depth > this.#maxDepth) this.#fail(`nested deeper than ${this.#maxDepth} levels`);
  }

  #close<T>(value: T): T {
    this.#depth--;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #take(symbol: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    this.#space();
    if (this.#text[this.#at] !== symbol) this.#fail(`expected "${symbol}", got ${this.#here()}`);
    this.#at++;
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #here(): string {
    const character = this.#text.codePointAt(this.#at);
    return character === undefined ? "the end of the text" : JSON.stringify(String.fromCodePoint(character));
  }

  #fail(problem: string): never {
    const field = this.#path.length === 0 ? "" : `${shorten(this.#path.slice(0, 8).join("."))}: `;
    throw new DataError(`${this.#where}: ${field}${problem} (character ${this.#at})`);
  }
}

function shorten(text: string): string {
  const clean = JSON.stringify(text).slice(1, -1);
  return clean.length > 80 ? `${clean.slice(0, 77)}…` : clean;
}
