import { Activation, NEXT } from "./activation.ts";
import { analyze } from "../syntax/analysis.ts";
import type { Compiler, Execute } from "./compiler.ts";
import type { Context } from "./context.ts";
import { entering, type Frame, reader } from "./frame.ts";
import { Output } from "./output.ts";
import type { BlockBody, Rendering } from "./rendering.ts";
import { FunctionScope, Symbols } from "../syntax/symbols.ts";
import type { Block, Statement } from "../syntax/syntax.ts";
import { raise } from "../values/types.ts";
import { type Keywords, Markup, PyObject, TemplateError, Undefined, type Value } from "../values/values.ts";
import { blocksOf, undeclared } from "../syntax/walk.ts";

/** Compiles the point in the template at which a block's body runs. */
export function compileBlockCall(node: Block, { symbols }: Frame): Execute {
  const variables = node.scoped ? [...symbols.assigned()] : [];
  const reads = variables.map(([name, slot]) => [name, reader(slot, symbols.scope)] as const);
  return (a) => {
    if (node.required) throw new TemplateError(`Required block '${node.name}' not found`);
    let { context } = a;
    if (node.scoped) {
      const values = reads.map(([name, read]) => [name, read(a)] as const);
      context = context.derived(values.filter((entry): entry is [string, Value] => entry[1] !== undefined));
    }
    a.rendering.blocks.get(node.name)!(a.rendering, context, a.out);
    return NEXT;
  };
}

/** Compiles the bodies of all blocks as functions that see only the context. */
export function compileBlocks(
  body: readonly Statement[],
  compiler: Compiler,
): ReadonlyMap<string, BlockBody> {
  const blocks = new Map<string, BlockBody>();
  const all = blocksOf(body);
  const names = new Set<string>();
  for (const { name, line } of all) {
    if (names.has(name)) {
      compiler.at(line, "{% block %}", () => compiler.fail(`block '${name}' defined twice`));
    }
    names.add(name);
  }
  for (const block of all) {
    const compile = (): BlockBody => compileBlock(block, compiler);
    blocks.set(block.name, compiler.at(block.line, "{% block %}", compile));
  }
  return blocks;
}

function compileBlock({ name, body }: Block, compiler: Compiler): BlockBody {
  const scope = new FunctionScope(undefined, compiler.budget);
  const frame: Frame = {
    symbols: new Symbols(scope, undefined),
    toplevel: false,
    soft: false,
    loops: 0,
  };
  const { symbols } = frame;
  const special = undeclared(body, ["self", "super"]);
  const self = special.has("self") ? symbols.parameter("self") : undefined;
  const parent = special.has("super") ? symbols.parameter("super") : undefined;
  analyze(body, symbols);
  const run = compiler.body(body, frame);
  const enter = entering(frame);
  return (rendering, context, out) =>
    rendering.enter(() => {
      const a = new Activation(rendering, context, scope.size, out);
      if (self) a.slots[self.index] = new TemplateReference(context, rendering);
      if (parent) a.slots[parent.index] = noParent(name);
      enter(a);
      run(a);
    });
}

function noParent(name: string): Undefined {
  return new Undefined(`there is no parent block called '${name}'.`);
}

/** `self`: its attributes are the template's blocks, which can be rendered again. */
export class TemplateReference extends PyObject {
  readonly typeName = "TemplateReference";
  constructor(readonly context: Context, readonly rendering: Rendering) {
    super();
  }
  override text(): string {
    return "<TemplateReference None>";
  }
  override attribute(name: string): Value | undefined {
    const body = this.rendering.blocks.get(name);
    return body && new BlockReference(name, body, this);
  }
}

class BlockReference extends PyObject {
  readonly typeName = "BlockReference";
  constructor(readonly name: string, readonly body: BlockBody, readonly template: TemplateReference) {
    super();
  }
  override text(): string {
    return "<jinja2.runtime.BlockReference object>";
  }
  override attribute(name: string): Value | undefined {
    if (name === "name") return this.name;
    return name === "super" ? noParent(this.name) : undefined;
  }
  override call(args: readonly Value[], keywords: Keywords): Value {
    if (args.length + keywords.size > 0) {
      raise("TypeError", "BlockReference.__call__() takes no arguments");
    }
    const { context, rendering } = this.template;
    const out = new Output(rendering.budget);
    this.body(rendering, context, out);
    return context.escaping.on ? new Markup(out.text()) : out.text();
  }
}
