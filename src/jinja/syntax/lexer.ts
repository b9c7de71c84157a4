import { unescapeText } from "./escapes.ts";
import { TemplateSyntaxError } from "./syntax_error.ts";

/** A token. The kind of an operator is the operator itself. */
export interface Token {
  readonly kind: string;
  /** Text of a name, of data, or of a string without its quotes and with escapes replaced. */
  readonly text: string;
  /** Value of a number. */
  readonly number?: bigint | number;
  readonly line: number;
  /** The lexical error at this point; thrown when the parser reaches it. */
  readonly error?: TemplateSyntaxError;
}

/** Python's whitespace, which differs from JavaScript's `\s`. */
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const BLANKS = new RegExp(`${BLANK}+`, "y");
const ONLY_BLANKS = new RegExp(`^${BLANK}+$`);
const ONE_BLANK = new RegExp(BLANK);
const DIGITS = "(?:\\d+_)*\\d+";
const FLOAT = new RegExp(`(?<!\\.)${DIGITS}(?:(?:\\.${DIGITS})?e[+-]?${DIGITS}|\\.${DIGITS})`, "iy");
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}\p{M}\p{XID_Continue}_]+/uy;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const STRING = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[+\-/*%~[\](){}><=.:|,;]/y;

const OPENING = /\{[%{#]/g;
const RAW_BEGIN = new RegExp(`\\{%([-+]?)${BLANK}*raw${BLANK}*(?:-%\\}${BLANK}*|%\\})`, "y");
const RAW_END = new RegExp(`\\{%([-+]?)${BLANK}*endraw${BLANK}*(?:\\+%\\}|-%\\}${BLANK}*|%\\}\\n?)`, "g");
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}${BLANK}*|#\\}\\n?`, "g");
const BLOCK_END = new RegExp(`\\+%\\}|-%\\}${BLANK}*|%\\}\\n?`, "y");
const VARIABLE_END = new RegExp(`-\\}\\}${BLANK}*|\\}\\}`, "y");

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/** Trims whitespace at the end. A regular expression would take quadratic time on long whitespace. */
function withoutLastBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && ONE_BLANK.test(text[end - 1])) end--;
  return text.slice(0, end);
}

/** Splits a template into tokens; the last one is `eof`, or `error` with the lexical error. */
export function tokenize(template: string): Token[] {
  return new Lexer(template).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  /** Offset up to which line breaks are counted. */
  #counted = 0;
  /** True if the last match ended with a line break. */
  #lineStarts = true;

  constructor(template: string) {
    this.#source = template.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  }

  run(): Token[] {
    try {
      while (this.#at < this.#source.length) this.#root();
      this.#add("eof", "");
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      this.#tokens.push({ kind: "error", text: "", line: error.line, error });
    }
    return this.#tokens;
  }

  /** The line of the current offset. */
  #lineHere(): number {
    for (let k = this.#counted; k < this.#at; k++) {
      if (this.#source.charCodeAt(k) === 10) this.#line++;
    }
    this.#counted = Math.max(this.#counted, this.#at);
    return this.#line;
  }

  #add(kind: string, text: string, number?: bigint | number): void {
    this.#tokens.push({ kind, text, number, line: this.#lineHere() });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source);
  }

  /** Advances past a match. */
  #pass(end: number): void {
    this.#lineHere();
    this.#at = end;
    this.#lineStarts = this.#source[end - 1] === "\n";
  }

  #fail(message: string): never {
    throw new TemplateSyntaxError(message, this.#lineHere());
  }

  #root(): void {
    const opening = this.#match(OPENING);
    if (!opening) {
      this.#add("data", this.#source.slice(this.#at));
      return this.#pass(this.#source.length);
    }
    const start = this.#at;
    const text = this.#source.slice(start, opening.index);
    RAW_BEGIN.lastIndex = opening.index;
    const raw = RAW_BEGIN.exec(this.#source);
    const next = this.#source[opening.index + 2];
    const sign = raw ? raw[1] : next === "-" || next === "+" ? next : "";
    this.#data(text, sign, opening[0] !== "{{");
    this.#pass(opening.index + (raw ? raw[0].length : 2 + sign.length));
    // At the end of the template, Jinja2 does not require a closing tag for these.
    if (this.#at === this.#source.length && (raw || opening[0] === "{#")) return;
    if (raw) return this.#raw();
    if (opening[0] === "{#") return this.#comment();
    this.#tag(opening[0] === "{%" ? "block" : "variable");
  }

  /** Adds the text before a tag, without the whitespace that the tag strips. */
  #data(text: string, sign: string, isBlock: boolean): void {
    let kept = text;
    if (sign === "-") kept = withoutLastBlanks(text);
    else if (sign !== "+" && isBlock) {
      const lineStart = text.lastIndexOf("\n") + 1;
      if ((lineStart > 0 || this.#lineStarts) && ONLY_BLANKS.test(text.slice(lineStart))) {
        kept = text.slice(0, lineStart);
      }
    }
    if (kept) this.#add("data", kept);
  }

  #raw(): void {
    const end = this.#match(RAW_END);
    if (!end) this.#fail("Missing end of raw directive");
    this.#data(this.#source.slice(this.#at, end.index), end[1], true);
    this.#pass(end.index + end[0].length);
  }

  #comment(): void {
    const end = this.#match(COMMENT_END);
    if (!end) this.#fail("Missing end of comment tag");
    this.#pass(end.index + end[0].length);
  }

  #tag(kind: "block" | "variable"): void {
    this.#add(`${kind}_begin`, "");
    const open: string[] = [];
    const closing = kind === "block" ? BLOCK_END : VARIABLE_END;
    while (this.#at < this.#source.length) {
      const end = open.length === 0 ? this.#match(closing) : null;
      if (end) {
        this.#add(`${kind}_end`, "");
        return this.#pass(this.#at + end[0].length);
      }
      this.#token(open);
    }
  }

  #token(open: string[]): void {
    let match: RegExpExecArray | null;
    if ((match = this.#match(BLANKS))) { /* Nothing to add. */ }
    else if ((match = this.#match(FLOAT))) this.#add("float", match[0], Number(match[0].replaceAll("_", "")));
    else if ((match = this.#match(INTEGER))) {
      this.#add("integer", match[0], BigInt(match[0].replaceAll("_", "")));
    } else if ((match = this.#match(NAME))) this.#name(match[0]);
    else if ((match = this.#match(STRING))) this.#string(match[0].slice(1, -1));
    else if ((match = this.#match(OPERATOR))) this.#operator(match[0], open);
    else {
      const char = String.fromCodePoint(this.#source.codePointAt(this.#at)!);
      this.#fail(`unexpected char '${char}' at ${[...this.#source.slice(0, this.#at)].length}`);
    }
    this.#pass(this.#at + match[0].length);
  }

  #name(text: string): void {
    if (!IDENTIFIER.test(text)) this.#fail("Invalid character in identifier");
    this.#add("name", text);
  }

  #string(text: string): void {
    try {
      this.#add("string", unescapeText(text));
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #operator(text: string, open: string[]): void {
    if (CLOSING[text]) open.push(CLOSING[text]);
    else if (text === "}" || text === ")" || text === "]") {
      const expected = open.pop();
      if (expected === undefined) this.#fail(`unexpected '${text}'`);
      if (expected !== text) this.#fail(`unexpected '${text}', expected '${expected}'`);
    }
    this.#add(text, text);
  }
}
