import { StatementParser } from "./statements.ts";
import type { Statement } from "./syntax.ts";
import { TAGS } from "./tags.ts";
import { TokenStream } from "./token_stream.ts";

/** Reads a whole template. @throws TemplateSyntaxError for what Jinja2's parser refuses. */
export function parseStatements(template: string): Statement[] {
  return new StatementParser(new TokenStream(template), TAGS).until();
}
