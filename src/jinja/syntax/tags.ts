import { importTag, includeTag } from "./other_templates.ts";
import type { StatementParser, TagParser } from "./statements.ts";
import type { Expression, FilterUse, If, Statement } from "./syntax.ts";

/** The parser of each tag that begins a statement. */
export const TAGS: ReadonlyMap<string, TagParser> = new Map<string, TagParser>([
  ["for", forTag],
  ["if", ifTag],
  ["set", setTag],
  ["block", blockTag],
  ["print", printTag],
  ["macro", macroTag],
  ["call", callTag],
  ["filter", filterTag],
  ["with", withTag],
  ["autoescape", autoescapeTag],
  ["generation", generationTag],
  ["extends", extendsTag],
  ["include", includeTag],
  ["import", importTag],
  ["from", importTag],
  ["break", jumpTag],
  ["continue", jumpTag],
]);

function forTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { line } = stream.next();
  const target = parser.target();
  stream.expectName("in");
  const iterable = expressions.tuple({ conditional: false });
  const test = stream.skipName("if") ? expressions.expression() : undefined;
  const recursive = stream.skipName("recursive");
  const body = parser.body("endfor", "else");
  const otherwise = stream.next().text === "else" ? parser.closed("endfor") : [];
  return { kind: "for", target, iterable, test, recursive, body, otherwise, line };
}

function ifTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const branches: If[] = [];
  let otherwise: Statement[] = [];
  let { line } = stream.next();
  for (;;) {
    const test = expressions.tuple({ conditional: false });
    const body = parser.body("elif", "else", "endif");
    branches.push({ kind: "if", test, body, elifs: [], otherwise: [], line });
    const { text } = stream.next();
    if (text === "else") otherwise = parser.closed("endif");
    if (text !== "elif") break;
    line = stream.line;
  }
  const [first, ...elifs] = branches;
  return { ...first, elifs, otherwise };
}

function setTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { line } = stream.next();
  const target = parser.target(true);
  if (stream.skip("=")) return { kind: "set", target, value: expressions.tuple(), line };
  const filter = expressions.filters(undefined) as FilterUse | undefined;
  return { kind: "setBlock", target, filter, body: parser.closed("endset"), line };
}

function blockTag(parser: StatementParser): Statement {
  const { stream } = parser;
  const { line } = stream.next();
  const name = stream.expect("name").text;
  const scoped = stream.skipName("scoped");
  const required = stream.skipName("required");
  if (stream.is("-")) {
    stream.fail(
      "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.",
    );
  }
  const body = parser.closed("endblock");
  if (required && !body.every(isBlank)) {
    stream.fail("Required blocks can only contain comments or whitespace");
  }
  stream.skipName(name);
  return { kind: "block", name, scoped, required, body, line };
}

function isBlank(statement: Statement): boolean {
  return statement.kind === "output" &&
    statement.parts.every((part) => part.kind === "data" && part.text.trim() === "");
}

function printTag({ stream, expressions }: StatementParser): Statement {
  const { line } = stream.next();
  const parts: Expression[] = [];
  while (!stream.is("block_end")) {
    if (parts.length > 0) stream.expect(",");
    parts.push(expressions.expression());
  }
  return { kind: "output", parts, line };
}

function macroTag(parser: StatementParser): Statement {
  const { line } = parser.stream.next();
  const { name } = parser.name();
  const signature = parser.signature();
  return { kind: "macro", name, ...signature, body: parser.closed("endmacro"), line };
}

function callTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { line } = stream.next();
  const signature = stream.is("(") ? parser.signature() : { parameters: [], defaults: [] };
  const call = expressions.expression();
  if (call.kind !== "call") return stream.fail("expected call", line);
  return { kind: "callBlock", call, ...signature, body: parser.closed("endcall"), line };
}

function filterTag(parser: StatementParser): Statement {
  const { line } = parser.stream.next();
  const filter = parser.expressions.filters(undefined, true) as FilterUse;
  return { kind: "filterBlock", filter, body: parser.closed("endfilter"), line };
}

function withTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { line } = stream.next();
  const targets: Expression[] = [];
  const values: Expression[] = [];
  while (!stream.is("block_end")) {
    if (targets.length > 0) stream.expect(",");
    const target = parser.target();
    asParameters(target);
    targets.push(target);
    stream.expect("=");
    values.push(expressions.expression());
  }
  return { kind: "with", targets, values, body: parser.closed("endwith"), line };
}

function asParameters(target: Expression): void {
  if (target.kind === "name") target.use = "param";
  else if (target.kind === "tuple") target.items.forEach(asParameters);
}

function autoescapeTag(parser: StatementParser): Statement {
  const { line } = parser.stream.next();
  const on = parser.expressions.expression();
  return { kind: "autoescape", on, body: parser.closed("endautoescape"), line };
}

function generationTag(parser: StatementParser): Statement {
  const { line } = parser.stream.next();
  return { kind: "generation", parameters: [], defaults: [], body: parser.closed("endgeneration"), line };
}

function extendsTag({ stream, expressions }: StatementParser): Statement {
  const { line } = stream.next();
  return { kind: "extends", template: expressions.expression(), line };
}

function jumpTag({ stream }: StatementParser): Statement {
  const { text, line } = stream.next();
  return { kind: text as "break" | "continue", line };
}
