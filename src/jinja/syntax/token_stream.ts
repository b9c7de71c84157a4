import { type Token, tokenize } from "./lexer.ts";
import { TemplateSyntaxError } from "./syntax_error.ts";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  block_begin: "begin of statement block",
  block_end: "end of statement block",
  variable_begin: "begin of print statement",
  variable_end: "end of print statement",
  data: "template data / text",
  eof: "end of template",
};

/** The name of a token kind in errors. */
export function describeKind(kind: string): string {
  return DESCRIPTIONS[kind] ?? kind;
}

/** A cursor over the tokens. */
export class TokenStream {
  readonly #tokens: Token[];
  #at = 0;
  /** The open tags, innermost last. */
  readonly tags: string[] = [];
  /** True between `{{` and `}}`. */
  inOutput = false;

  constructor(template: string) {
    this.#tokens = tokenize(template);
    this.#refuseError();
  }

  get current(): Token {
    return this.#tokens[this.#at];
  }
  get kind(): string {
    return this.current.kind;
  }
  get line(): number {
    return this.current.line;
  }

  /** Returns the current token and advances. */
  next(): Token {
    const token = this.current;
    if (token.kind !== "eof") this.#at++;
    this.#refuseError();
    return token;
  }

  /** The token after the current one. */
  look(): Token {
    const token = this.#tokens[this.#at + 1] ?? this.current;
    if (token.error) throw this.#located(token.error);
    return token;
  }

  #refuseError(): void {
    const { error } = this.current;
    if (error) throw this.#located(error);
  }

  #located(error: TemplateSyntaxError): TemplateSyntaxError {
    return new TemplateSyntaxError(error.message, error.line, this.#construct());
  }

  #construct(): string | undefined {
    if (this.inOutput) return "{{ … }}";
    const tag = this.tags[this.tags.length - 1];
    return tag === undefined ? undefined : `{% ${tag} %}`;
  }

  is(kind: string): boolean {
    return this.current.kind === kind;
  }
  isName(name: string): boolean {
    return this.current.kind === "name" && this.current.text === name;
  }

  /** Skips a token of this kind. Returns true if it was there. */
  skip(kind: string): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }
  /** Skips this word. Returns true if it was there. */
  skipName(name: string): boolean {
    if (!this.isName(name)) return false;
    this.next();
    return true;
  }

  expect(kind: string): Token {
    return this.is(kind) ? this.next() : this.#unexpected(describeKind(kind));
  }
  expectName(name: string): Token {
    return this.isName(name) ? this.next() : this.#unexpected(name);
  }

  #unexpected(expected: string): never {
    if (this.is("eof")) this.fail(`unexpected end of template, expected '${expected}'.`);
    this.fail(`expected token '${expected}', got '${this.describe()}'`);
  }

  /** The name of a token in errors. */
  describe(token: Token = this.current): string {
    return token.kind === "name" ? token.text : describeKind(token.kind);
  }

  fail(message: string, line = this.line): never {
    throw new TemplateSyntaxError(message, line, this.#construct());
  }
}
