import { StatementParser } from "./statements.ts";
import type { Statement } from "./syntax.ts";
import { TAGS } from "./tags.ts";
import { TokenStream } from "./token_stream.ts";

/** Parses a whole template. @throws TemplateSyntaxError if Jinja2's parser refuses it. */
export function parseStatements(template: string): Statement[] {
  return new StatementParser(new TokenStream(template), TAGS).until();
}
