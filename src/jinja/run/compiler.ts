import type { Activation, Flow } from "./activation.ts";
import { Budget } from "../values/budget.ts";
import type { Frame } from "./frame.ts";
import type { Expression, Statement } from "../syntax/syntax.ts";
import { TemplateSyntaxError } from "../syntax/syntax_error.ts";
import type { Value } from "../values/values.ts";

/** An expression that can be evaluated. */
export type Run = (a: Activation) => Value;
/** A statement that can be executed. */
export type Execute = (a: Activation) => Flow;

/** What compiling knows besides the frame, and its two entries, which nested parts call again. */
export abstract class Compiler {
  /** What compiling may spend. */
  readonly budget = new Budget();
  /** Is text escaped here? Decided when rendering where the template computes it. */
  escaping: boolean | "computed" = false;
  /** Of constants: what was last decided when compiling. */
  escapingConstants = false;
  /** What is compiled now. */
  line = 1;
  construct = "";

  /** Compiles an expression. */
  abstract expression(node: Expression, frame: Frame): Run;

  /** Compiles statements that follow one another. */
  abstract body(body: readonly Statement[], frame: Frame): Execute;

  /** Compiles a part; what is refused gets its line. */
  at<T>(line: number, construct: string, compile: () => T): T {
    const before: [number, string] = [this.line, this.construct];
    [this.line, this.construct] = [line, construct];
    const result = compile();
    [this.line, this.construct] = before;
    return result;
  }

  /** Refuses to compile. */
  fail(message: string, line = this.line): never {
    throw new TemplateSyntaxError(message, line, this.construct);
  }
}
