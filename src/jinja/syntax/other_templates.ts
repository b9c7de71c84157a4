import type { StatementParser } from "./statements.ts";
import type { Statement } from "./syntax.ts";

/** Parses `{% include %}`. Rendering refuses it, because there are no other templates. */
export function includeTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { line } = stream.next();
  const template = expressions.expression();
  const after = stream.isName("ignore") ? stream.look() : undefined;
  const ignoreMissing = after?.kind === "name" && after.text === "missing";
  if (ignoreMissing) {
    stream.next();
    stream.next();
  }
  skipContext(parser);
  return { kind: "include", template, ignoreMissing, line };
}

/** Skips `with context` and `without context`. */
function skipContext({ stream }: StatementParser): boolean {
  if (!stream.isName("with") && !stream.isName("without")) return false;
  const after = stream.look();
  if (after.kind !== "name" || after.text !== "context") return false;
  stream.next();
  stream.next();
  return true;
}

/** Parses `{% import %}` and `{% from %}`. */
export function importTag(parser: StatementParser): Statement {
  const { stream, expressions } = parser;
  const { text, line } = stream.next();
  const template = expressions.expression();
  if (text === "from") return { kind: "import", template, names: importedNames(parser), line };
  stream.expectName("as");
  const { name } = parser.name();
  skipContext(parser);
  return { kind: "import", template, names: [name], line };
}

function importedNames(parser: StatementParser): string[] {
  const { stream } = parser;
  stream.expectName("import");
  const names: string[] = [];
  for (;;) {
    if (names.length > 0) stream.expect(",");
    if (!stream.is("name")) stream.expect("name");
    if (skipContext(parser)) break;
    const { name, line } = parser.name();
    if (name.startsWith("_")) stream.fail("names starting with an underline can not be imported", line);
    names.push(stream.skipName("as") ? parser.name().name : name);
    if (skipContext(parser) || !stream.is(",")) break;
  }
  return names;
}
