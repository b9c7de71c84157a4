import { ExpressionParser } from "./expressions.ts";
import { isConstant } from "./primary.ts";
import type { Data, Expression, MacroBody, Name, Statement } from "./syntax.ts";
import type { TokenStream } from "./token_stream.ts";

/** Parses the statement that a tag begins; starts at the tag's name. */
export type TagParser = (parser: StatementParser) => Statement;

/** Maximum nesting of tags. */
const MOST_DEPTH = 100;

/** Parses statements and the text between them; `tags` has a parser for each tag. */
export class StatementParser {
  readonly expressions: ExpressionParser;
  /** The tags that may end each open body. */
  readonly #ends: (readonly string[])[] = [];

  constructor(readonly stream: TokenStream, readonly tags: ReadonlyMap<string, TagParser>) {
    this.expressions = new ExpressionParser(stream);
  }

  /** Parses up to one of the tags, which becomes current, or to the end of the template. */
  until(ends?: readonly string[]): Statement[] {
    if (ends) this.#ends.push(ends);
    if (this.#ends.length > MOST_DEPTH) this.stream.fail(`expected at most ${MOST_DEPTH} nested tags`);
    const body: Statement[] = [];
    let parts: (Data | Expression)[] = [];
    const flush = (): void => {
      if (parts.length > 0) body.push({ kind: "output", parts, line: parts[0].line });
      parts = [];
    };
    while (!this.stream.is("eof")) {
      const { kind, text, line } = this.stream.current;
      this.stream.inOutput = kind === "variable_begin";
      this.stream.next();
      if (kind === "data") parts.push({ kind: "data", text, line });
      else if (kind === "variable_begin") parts.push(this.#output());
      else {
        flush();
        if (ends?.some((end) => this.stream.isName(end))) break;
        body.push(this.#statement());
        this.stream.expect("block_end");
      }
    }
    flush();
    if (ends) this.#ends.pop();
    return body;
  }

  #output(): Expression {
    const value = this.expressions.tuple();
    // The token after `}}` is outside the output.
    if (this.stream.is("variable_end")) this.stream.inOutput = false;
    this.stream.expect("variable_end");
    return value;
  }

  /** Parses the body of a tag, from the end of the opening tag to the name of the end tag. */
  body(...ends: string[]): Statement[] {
    this.stream.skip(":");
    this.stream.expect("block_end");
    const body = this.until(ends);
    if (this.stream.is("eof")) this.#failAtEnd([...this.#ends, ends]);
    return body;
  }

  /** Parses a body and the tag `end` that closes it. */
  closed(end: string): Statement[] {
    const body = this.body(end);
    this.stream.next();
    return body;
  }

  #statement(): Statement {
    const { kind, text, line } = this.stream.current;
    if (kind !== "name") this.stream.fail("tag name expected", line);
    const parseTag = this.tags.get(text) ?? this.#failAtEnd(this.#ends, text);
    this.stream.tags.push(text);
    const statement = parseTag(this);
    this.stream.tags.pop();
    return statement;
  }

  #failAtEnd(ends: readonly (readonly string[])[], tag?: string): never {
    const innermost = ends[ends.length - 1]?.map((end) => `'${end}'`).join(" or ");
    const message = [tag === undefined ? "Unexpected end of template." : `Encountered unknown tag '${tag}'.`];
    if (innermost && tag !== undefined && ends.flat().includes(tag)) {
      message.push(
        `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${innermost}.`,
      );
    } else if (innermost) message.push(`Jinja was looking for the following tags: ${innermost}.`);
    const open = this.stream.tags[this.stream.tags.length - 1];
    if (open) message.push(`The innermost block that needs to be closed is '${open}'.`);
    this.stream.fail(message.join(" "));
  }

  /** Parses an assignment target; `fields` allows fields of namespaces. */
  target(fields = false): Expression {
    const target = this.expressions.tuple({ simple: true, fields });
    this.#store(target, target.line);
    return target;
  }

  #store(target: Expression, line: number): void {
    if (target.kind === "namespaceField") return;
    if (target.kind === "name") target.use = "store";
    else if (target.kind !== "tuple") this.stream.fail(`can't assign to '${target.kind}'`, line);
    else if (target.items.some((item) => !["name", "tuple", "namespaceField"].includes(item.kind))) {
      this.stream.fail("can't assign to 'tuple'", line);
    } else target.items.forEach((item) => this.#store(item, line));
  }

  /** Parses a name that is assigned to. */
  name(use: "store" | "param" = "store"): Name {
    const { text, line } = this.stream.expect("name");
    if (isConstant(text)) this.stream.fail("can't assign to 'name'", line);
    return { kind: "name", name: text, use, line };
  }

  /** Parses a parameter list. */
  signature(): Pick<MacroBody, "parameters" | "defaults"> {
    const parameters: Name[] = [];
    const defaults: Expression[] = [];
    const names = new Set<string>();
    this.stream.expect("(");
    while (!this.stream.is(")")) {
      if (parameters.length > 0) this.stream.expect(",");
      const parameter = this.name("param");
      if (this.stream.skip("=")) defaults.push(this.expressions.expression());
      else if (defaults.length > 0) this.stream.fail("non-default argument follows default argument");
      if (names.has(parameter.name)) {
        this.stream.fail(`duplicate argument '${parameter.name}' in function definition`, parameter.line);
      }
      names.add(parameter.name);
      parameters.push(parameter);
    }
    this.stream.expect(")");
    return { parameters, defaults };
  }
}
