import { ArgumentParser } from "./arguments.ts";
import type { BinaryOperator, Comparison, Expression } from "./syntax.ts";
import { parsePrimary } from "./primary.ts";
import type { TokenStream } from "./token_stream.ts";

/** Maximum nesting of expressions. */
const MOST_DEPTH = 100;
const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** Parses expressions with Jinja2's precedence. */
export class ExpressionParser {
  #depth = 0;
  readonly #arguments: ArgumentParser;

  constructor(readonly stream: TokenStream) {
    this.#arguments = new ArgumentParser(stream, () => this.expression());
  }

  /** Parses any expression. */
  expression(conditional = true): Expression {
    return this.#deeper(() => conditional ? this.#conditional() : this.#or());
  }

  #deeper<T>(parse: () => T): T {
    if (++this.#depth > MOST_DEPTH) this.stream.fail(`expected at most ${MOST_DEPTH} nested expressions`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #conditional(): Expression {
    let { line } = this.stream;
    let value = this.#or();
    while (this.stream.skipName("if")) {
      const test = this.#or();
      const otherwise = this.stream.skipName("else") ? this.#deeper(() => this.#conditional()) : undefined;
      value = { kind: "conditional", test, then: value, otherwise, line };
      line = this.stream.line;
    }
    return value;
  }

  #or(): Expression {
    const { line } = this.stream;
    let left = this.#and();
    while (this.stream.skipName("or")) left = { kind: "or", left, right: this.#and(), line };
    return left;
  }

  #and(): Expression {
    const { line } = this.stream;
    let left = this.#not();
    while (this.stream.skipName("and")) left = { kind: "and", left, right: this.#not(), line };
    return left;
  }

  #not(): Expression {
    const { line } = this.stream;
    if (!this.stream.skipName("not")) return this.#compare();
    return { kind: "not", value: this.#deeper(() => this.#not()), line };
  }

  #compare(): Expression {
    const { line } = this.stream;
    const first = this.#sum();
    const rest: [Comparison, Expression][] = [];
    for (let operator; (operator = this.#comparison());) rest.push([operator, this.#sum()]);
    return rest.length === 0 ? first : { kind: "compare", first, rest, line };
  }

  #comparison(): Comparison | undefined {
    const { stream } = this;
    if (COMPARISONS.has(stream.kind)) return stream.next().kind as Comparison;
    if (stream.skipName("in")) return "in";
    if (!stream.isName("not")) return undefined;
    const after = stream.look();
    if (after.kind !== "name" || after.text !== "in") return undefined;
    stream.next();
    stream.next();
    return "not in";
  }

  #binary(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    const { line } = this.stream;
    let left = operand();
    while (operators.includes(this.stream.kind as BinaryOperator)) {
      const operator = this.stream.next().kind as BinaryOperator;
      left = { kind: "binary", operator, left, right: operand(), line };
    }
    return left;
  }

  #sum(): Expression {
    return this.#binary(["+", "-"], () => this.#concat());
  }

  #concat(): Expression {
    const { line } = this.stream;
    const parts = [this.#product()];
    while (this.stream.skip("~")) parts.push(this.#product());
    return parts.length === 1 ? parts[0] : { kind: "concat", parts, line };
  }

  #product(): Expression {
    return this.#binary(["*", "/", "//", "%"], () => this.#power());
  }

  #power(): Expression {
    return this.#binary(["**"], () => this.#unary(true));
  }

  #unary(filtered: boolean): Expression {
    const { kind, line } = this.stream;
    let value: Expression;
    if (kind === "-" || kind === "+") {
      this.stream.next();
      value = { kind: "unary", operator: kind, value: this.#deeper(() => this.#unary(false)), line };
    } else value = this.primary();
    value = this.#postfix(value);
    return filtered ? this.#filtered(value) : value;
  }

  /** Parses a literal, a name or a bracketed expression; `fields` allows `name.field` as an assignment target. */
  primary(fields = false): Expression {
    return parsePrimary(this, fields);
  }

  #postfix(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.stream.is(".") || this.stream.is("[")) value = this.#subscript(value);
      else if (this.stream.is("(")) value = this.#call(value);
      else return value;
    }
  }

  #filtered(start: Expression): Expression {
    let value = start;
    for (;;) {
      if (this.stream.is("|")) value = this.filters(value)!;
      else if (this.stream.isName("is")) value = this.#test(value);
      else if (this.stream.is("(")) value = this.#call(value);
      else return value;
    }
  }

  #call(callee: Expression): Expression {
    const { line } = this.stream;
    return { kind: "call", callee, args: this.#arguments.parse(), line };
  }

  #subscript(value: Expression): Expression {
    const { kind, line } = this.stream.next();
    if (kind === "[") return { kind: "item", value, key: this.#key(line), line };
    const token = this.stream.next();
    if (token.kind === "name") return { kind: "attribute", value, name: token.text, line };
    if (token.kind !== "integer") this.stream.fail("expected name or number", token.line);
    return { kind: "item", value, key: { kind: "const", value: token.number!, line: token.line }, line };
  }

  #key(line: number): Expression {
    const items: Expression[] = [];
    while (!this.stream.is("]")) {
      if (items.length > 0) this.stream.expect(",");
      items.push(this.#slice());
    }
    this.stream.next();
    return items.length === 1 ? items[0] : { kind: "tuple", items, line };
  }

  #slice(): Expression {
    const { stream } = this;
    const { line } = stream;
    const part = (): Expression | undefined =>
      stream.is(":") || stream.is("]") || stream.is(",") ? undefined : this.expression();
    const start = stream.is(":") ? undefined : this.expression();
    if (!stream.skip(":")) return start!;
    const stop = part();
    const step = stream.skip(":") ? this.#step() : undefined;
    return { kind: "slice", start, stop, step, line };
  }

  #step(): Expression | undefined {
    return this.stream.is("]") || this.stream.is(",") ? undefined : this.expression();
  }

  /** Parses the filters after a value, or those of a filter block (`inline`: no `|` before the first). */
  filters(start: Expression | undefined, inline = false): Expression | undefined {
    let value = start;
    let first = inline;
    while (first || this.stream.is("|")) {
      if (!first) this.stream.next();
      first = false;
      const { line } = this.stream;
      const name = this.#dottedName();
      value = { kind: "filter", value, name, args: this.#optionalArguments(), line };
    }
    return value;
  }

  #optionalArguments() {
    return this.stream.is("(") ? this.#arguments.parse() : { positional: [], keywords: [] };
  }

  #dottedName(): string {
    let name = this.stream.expect("name").text;
    while (this.stream.skip(".")) name += "." + this.stream.expect("name").text;
    return name;
  }

  #test(value: Expression): Expression {
    const { stream } = this;
    const { line } = stream.next();
    const negated = stream.skipName("not");
    const name = this.#dottedName();
    const args = this.#startsArgument() ? this.#oneArgument() : this.#optionalArguments();
    const test: Expression = { kind: "test", value, name, args, line };
    return negated ? { kind: "not", value: test, line } : test;
  }

  #startsArgument(): boolean {
    const { kind, text } = this.stream.current;
    if (kind === "name") return text !== "else" && text !== "or" && text !== "and";
    return ["string", "integer", "float", "[", "{"].includes(kind);
  }

  #oneArgument() {
    if (this.stream.isName("is")) this.stream.fail("You cannot chain multiple tests with is");
    return { positional: [this.#postfix(this.primary())], keywords: [] };
  }

  /** Parses an expression or a tuple without parentheses. `simple` allows only literals and names. */
  tuple(
    options: { conditional?: boolean; simple?: boolean; fields?: boolean; bracketed?: boolean } = {},
  ): Expression {
    const { conditional = true, simple = false, fields = false, bracketed = false } = options;
    let { line } = this.stream;
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.stream.expect(",");
      if (["variable_end", "block_end", ")"].includes(this.stream.kind)) break;
      items.push(simple ? this.#deeper(() => this.primary(fields)) : this.expression(conditional));
      if (!this.stream.is(",")) break;
      isTuple = true;
      line = this.stream.line;
    }
    if (!isTuple && items.length > 0) return items[0];
    if (!isTuple && !bracketed) {
      this.stream.fail(`Expected an expression, got '${this.stream.describe()}'`);
    }
    return { kind: "tuple", items, line };
  }
}
