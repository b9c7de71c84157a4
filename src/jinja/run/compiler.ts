import type { Activation, Flow } from "./activation.ts";
import { Budget } from "../values/budget.ts";
import type { Frame } from "./frame.ts";
import type { Expression, Statement } from "../syntax/syntax.ts";
import { TemplateSyntaxError } from "../syntax/syntax_error.ts";
import type { Value } from "../values/values.ts";

/** A compiled expression. */
export type Run = (a: Activation) => Value;
/** A compiled statement. */
export type Execute = (a: Activation) => Flow;

/** Compile-time state outside the frame, and the two entry points for nested parts. */
export abstract class Compiler {
  /** Limits of the compilation. */
  readonly budget = new Budget();
  /** True if text is escaped here; "computed" if that is known only when rendering. */
  escaping: boolean | "computed" = false;
  /** `escaping` for constants: the value last known when compiling. */
  escapingConstants = false;
  /** Line of the part that is being compiled. */
  line = 1;
  construct = "";

  /** Compiles an expression. */
  abstract expression(node: Expression, frame: Frame): Run;

  /** Compiles a sequence of statements. */
  abstract body(body: readonly Statement[], frame: Frame): Execute;

  /** Compiles a part; errors get its line and construct. */
  at<T>(line: number, construct: string, compile: () => T): T {
    const before: [number, string] = [this.line, this.construct];
    [this.line, this.construct] = [line, construct];
    const result = compile();
    [this.line, this.construct] = before;
    return result;
  }

  /** @throws TemplateSyntaxError with the current construct. */
  fail(message: string, line = this.line): never {
    throw new TemplateSyntaxError(message, line, this.construct);
  }
}
