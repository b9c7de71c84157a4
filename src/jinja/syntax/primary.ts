import type { Expression } from "./syntax.ts";
import type { TokenStream } from "./token_stream.ts";

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);

/** True if `name` is a constant, which cannot be assigned to. */
export function isConstant(name: string): boolean {
  return CONSTANTS.has(name);
}

/** The parser for expressions nested in a primary. */
export interface OuterParser {
  readonly stream: TokenStream;
  expression(): Expression;
  tuple(options: { bracketed: boolean }): Expression;
}

/** Parses a literal, a name or a bracketed expression. */
export function parsePrimary(parser: OuterParser, fields: boolean): Expression {
  const { stream } = parser;
  const token = stream.current;
  const { line } = token;
  switch (token.kind) {
    case "name":
      return named(parser, fields);
    case "string":
      return { kind: "const", value: strings(parser), line };
    case "integer":
    case "float":
      stream.next();
      return { kind: "const", value: token.number!, line };
    case "(": {
      stream.next();
      const inside = parser.tuple({ bracketed: true });
      stream.expect(")");
      return inside;
    }
    case "[":
      return list(parser);
    case "{":
      return dict(parser);
    default:
      return stream.fail(`unexpected '${stream.describe()}'`);
  }
}

function named(parser: OuterParser, fields: boolean): Expression {
  const { stream } = parser;
  const { text, line } = stream.next();
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return { kind: "const", value: constant, line };
  if (!fields || !stream.skip(".")) return { kind: "name", name: text, use: "load", line };
  return { kind: "namespaceField", name: text, field: stream.expect("name").text, line };
}

/** Concatenates adjacent string literals. */
function strings({ stream }: OuterParser): string {
  let text = "";
  while (stream.is("string")) text += stream.next().text;
  return text;
}

function list(parser: OuterParser): Expression {
  const { stream } = parser;
  const { line } = stream.next();
  const items: Expression[] = [];
  while (!stream.is("]")) {
    if (items.length > 0) stream.expect(",");
    if (stream.is("]")) break;
    items.push(parser.expression());
  }
  stream.expect("]");
  return { kind: "list", items, line };
}

function dict(parser: OuterParser): Expression {
  const { stream } = parser;
  const { line } = stream.next();
  const entries: [Expression, Expression][] = [];
  while (!stream.is("}")) {
    if (entries.length > 0) stream.expect(",");
    if (stream.is("}")) break;
    const key = parser.expression();
    stream.expect(":");
    entries.push([key, parser.expression()]);
  }
  stream.expect("}");
  return { kind: "dict", entries, line };
}
