import type { Arguments, Expression } from "./syntax.ts";
import type { TokenStream } from "./token_stream.ts";

/** Parses `(a, b, c=d, *e, **f)`. */
export class ArgumentParser {
  constructor(readonly stream: TokenStream, readonly expression: () => Expression) {}

  /** Parses from the opening parenthesis through the closing one. */
  parse(): Arguments {
    const { stream } = this;
    const { line } = stream.expect("(");
    const positional: Expression[] = [];
    const keywords: [string, Expression][] = [];
    const names = new Set<string>();
    const found: { star?: Expression; doubleStar?: Expression } = {};
    const ensure = (allowed: boolean): void => {
      if (!allowed) stream.fail("invalid syntax for function call expression", line);
    };
    for (let first = true; !stream.is(")"); first = false) {
      if (!first) {
        stream.expect(",");
        if (stream.is(")")) break;
      }
      if (stream.skip("*")) {
        ensure(!found.star && !found.doubleStar);
        found.star = this.expression();
      } else if (stream.skip("**")) {
        ensure(!found.doubleStar);
        found.doubleStar = this.expression();
      } else if (stream.is("name") && stream.look().kind === "=") {
        ensure(!found.doubleStar);
        keywords.push(this.#keyword(names));
      } else {
        ensure(!found.star && !found.doubleStar && keywords.length === 0);
        positional.push(this.expression());
      }
    }
    stream.expect(")");
    return { positional, keywords, ...found };
  }

  #keyword(before: Set<string>): [string, Expression] {
    const { text, line } = this.stream.next();
    // Python refuses this in the code that Jinja2 generates.
    if (before.has(text)) {
      this.stream.fail(`keyword argument repeated: ${text}`, line);
    }
    before.add(text);
    this.stream.next();
    return [text, this.expression()];
  }
}
