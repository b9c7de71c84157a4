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

/** What errors call a kind of token. */
export function describeKind(kind: string): string {
  return DESCRIPTIONS[kind] ?? kind;
}

/** Reads tokens one by one. */
export class TokenStream {
  readonly #tokens: Token[];
  #at = 0;
  /** The tags that are open, innermost last. */
  readonly tags: string[] = [];
  /** Between `{{` and `}}`. */
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

  /** The current token; the next one becomes current. */
  next(): Token {
    const token = this.current;
    if (token.kind !== "eof") this.#at++;
    this.#refuseError();
    return token;
  }

  /** The token behind the current one. */
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

  /** Passes a token of that kind if it is there. */
  skip(kind: string): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }
  /** Passes that word if it is there. */
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

  /** What errors call a token. */
  describe(token: Token = this.current): string {
    return token.kind === "name" ? token.text : describeKind(token.kind);
  }

  fail(message: string, line = this.line): never {
    throw new TemplateSyntaxError(message, line, this.#construct());
  }
}
