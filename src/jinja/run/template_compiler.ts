import { Compiler, type Execute, type Run } from "./compiler.ts";
import { compileExpression } from "./evaluate.ts";
import { compileBody } from "./execute.ts";
import type { Frame } from "./frame.ts";
import type { Expression, Statement } from "../syntax/syntax.ts";

/** Connects the compilers of expressions and statements. */
export class TemplateCompiler extends Compiler {
  override expression(node: Expression, frame: Frame): Run {
    return compileExpression(node, frame, this);
  }

  override body(body: readonly Statement[], frame: Frame): Execute {
    return compileBody(body, frame, this);
  }
}
