import { Activation } from "./run/activation.ts";
import { analyze } from "./syntax/analysis.ts";
import { compileBlocks, TemplateReference } from "./run/blocks.ts";
import { BudgetError } from "./values/budget.ts";
import type { Execute } from "./run/compiler.ts";
import { Context } from "./run/context.ts";
import { toValue } from "./values/convert.ts";
import { DataError } from "../base/errors.ts";
import { entering, type Frame } from "./run/frame.ts";
import { GLOBALS } from "./builtins/globals.ts";
import { Output } from "./run/output.ts";
import { parseStatements } from "./syntax/parse.ts";
import { type BlockBody, type Place, Rendering } from "./run/rendering.ts";
import { FunctionScope, type Slot, Symbols } from "./syntax/symbols.ts";
import { TemplateSyntaxError } from "./syntax/syntax_error.ts";
import { TemplateCompiler } from "./run/template_compiler.ts";
import { TemplateError, type Value } from "./values/values.ts";
import { undeclared } from "./syntax/walk.ts";

/** A rendered template. */
export interface Rendered {
  readonly text: string;
  /** The ranges of `{% generation %}` blocks in the text: start and end, in UTF-16 units. */
  readonly generations: [number, number][];
}

/** A compiled template; can be rendered any number of times. */
export interface Template {
  readonly size: number;
  readonly self?: Slot;
  readonly enter: (a: Activation) => void;
  readonly body: Execute;
  readonly blocks: ReadonlyMap<string, BlockBody>;
}

/** Maximum number of cached templates; `kept` is in order of last use, oldest first. */
const MOST_KEPT = 8;
const kept = new Map<string, Template>();

/**
 * Renders a Jinja template as transformers does.
 *
 * @throws DataError if Jinja2 refuses the template or it exceeds its budget; the message has line and construct.
 */
export function renderJinja(template: string, variables: Record<string, unknown>): Rendered {
  const program = parseTemplate(template);
  const rendering = new Rendering(program.blocks);
  try {
    return run(program, rendering, variables);
  } catch (error) {
    throw located(error, rendering.place);
  }
}

/** Compiles a template, or returns it from the cache. @throws DataError if Jinja2 cannot compile it. */
export function parseTemplate(template: string): Template {
  const program = kept.get(template) ?? compile(template);
  kept.delete(template);
  kept.set(template, program);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return program;
}

function compile(template: string): Template {
  const compiler = new TemplateCompiler();
  try {
    const body = parseStatements(template);
    const scope = new FunctionScope(undefined, compiler.budget);
    const symbols = new Symbols(scope, undefined);
    const frame: Frame = { symbols, toplevel: true, soft: false, loops: 0 };
    const self = undeclared(body, ["self"]).has("self") ? symbols.parameter("self") : undefined;
    analyze(body, symbols);
    const execute = compiler.body(body, frame);
    const enter = entering(frame);
    return { self, enter, body: execute, blocks: compileBlocks(body, compiler), size: scope.size };
  } catch (error) {
    throw located(error, compiler);
  }
}

function run(program: Template, rendering: Rendering, variables: Record<string, unknown>): Rendered {
  const passed = new Map<string, Value>(GLOBALS);
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) passed.set(name, toValue(value));
  }
  const context = new Context(passed, { on: false });
  const out = new Output(rendering.budget);
  rendering.context = context;
  rendering.root = out;
  const a = new Activation(rendering, context, program.size, out);
  if (program.self) a.slots[program.self.index] = new TemplateReference(context, rendering);
  program.enter(a);
  program.body(a);
  return { text: out.text(), generations: rendering.generations };
}

function located(error: unknown, { line, construct }: Place): unknown {
  if (error instanceof RangeError) {
    const expected = "expected fewer nested levels and smaller values";
    return new DataError(`chat template: line ${line}: ${expected}, got: ${error.message}`);
  }
  if (!(error instanceof TemplateError) && !(error instanceof BudgetError)) return error;
  const place = error instanceof TemplateSyntaxError ? error : { line, construct };
  const where = place.construct ? `line ${place.line}: ${place.construct}` : `line ${place.line}`;
  return new DataError(`chat template: ${where}: ${error.message}`);
}
