import { BREAK, CONTINUE, type Flow, NEXT } from "./activation.ts";
import { compileBlockCall } from "./blocks.ts";
import type { Compiler, Execute, Run } from "./compiler.ts";
import { folded, isFolded } from "./constants.ts";
import { compileAutoescape, compileFilterBlock, compileSetBlock, compileWith } from "./execute_bodies.ts";
import { compileFor } from "./execute_loops.ts";
import { compileCallBlock, compileGeneration, compileMacro } from "./execute_macros.ts";
import type { Frame } from "./frame.ts";
import { truthy } from "../values/operations.ts";
import { refuseTemplate } from "./other_templates_refused.ts";
import type { Place } from "./rendering.ts";
import type { Data, Expression, If, Statement } from "../syntax/syntax.ts";
import { compileNamespaceCheck, compileTarget } from "./targets.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** The names of statements in errors. */
const CONSTRUCTS: Readonly<Partial<Record<Statement["kind"], string>>> = {
  output: "{{ … }}",
  setBlock: "{% set %}",
  callBlock: "{% call %}",
  filterBlock: "{% filter %}",
};

/** Compiles a sequence of statements. */
export function compileBody(body: readonly Statement[], frame: Frame, compiler: Compiler): Execute {
  const statements = body.map((statement) => {
    compiler.budget.step();
    const construct = CONSTRUCTS[statement.kind] ?? `{% ${statement.kind} %}`;
    const place: Place = { line: statement.line, construct };
    const execute = compiler.at(
      statement.line,
      construct,
      () => compileStatement(statement, frame, compiler),
    );
    return { place, execute };
  });
  return (a): Flow => {
    for (const { place, execute } of statements) {
      a.rendering.place = place;
      a.rendering.budget.step();
      const flow = execute(a);
      if (flow !== NEXT) return flow;
    }
    return NEXT;
  };
}

function compileStatement(node: Statement, frame: Frame, compiler: Compiler): Execute {
  switch (node.kind) {
    case "output":
      return compileOutput(node, frame, compiler);
    case "if":
      return compileIf(node, { ...frame, soft: true }, compiler);
    case "for":
      return compileFor(node, frame, compiler);
    case "set":
      return compileSet(node, frame, compiler);
    case "setBlock":
      return compileSetBlock(node, frame, compiler);
    case "macro":
      return compileMacro(node, frame, compiler);
    case "callBlock":
      return compileCallBlock(node, frame, compiler);
    case "generation":
      return compileGeneration(node, frame, compiler);
    case "filterBlock":
      return compileFilterBlock(node, frame, compiler);
    case "with":
      return compileWith(node, frame, compiler);
    case "autoescape":
      return compileAutoescape(node, frame, compiler);
    case "block":
      return compileBlockCall(node, frame);
    case "extends":
      if (!frame.toplevel) compiler.fail("cannot use extend from a non top-level scope", node.line);
      return refuseTemplate(node, frame, compiler);
    case "include":
    case "import":
      return refuseTemplate(node, frame, compiler);
    case "break":
      if (frame.loops === 0) compiler.fail("'break' outside loop", node.line);
      return () => BREAK;
    case "continue":
      if (frame.loops === 0) compiler.fail("'continue' not properly in loop", node.line);
      return () => CONTINUE;
  }
}

function compileOutput(node: Of<"output">, frame: Frame, compiler: Compiler): Execute {
  const parts = node.parts.map((part) => compilePart(part, frame, compiler));
  return (a) => {
    for (const part of parts) part(a);
    return NEXT;
  };
}

function compilePart(
  part: Data | Expression,
  frame: Frame,
  compiler: Compiler,
): (a: Parameters<Run>[0]) => void {
  if (part.kind === "data") return (a) => a.out.add(part.text);
  const construct = "{{ … }}";
  const run = compiler.at(part.line, construct, () => compiler.expression(part, frame));
  const place: Place = { line: part.line, construct };
  const isConstant = isFolded(part, compiler.escaping);
  const { escaping, escapingConstants } = compiler;
  const text = (a: Parameters<Run>[0]): string => {
    const value = run(a);
    const escapes = escaping === "computed" ? a.context.escaping.on : escaping;
    return escapes ? a.rendering.escape(value) : a.rendering.print(value);
  };
  const constant = (a: Parameters<Run>[0]): string => {
    const value = run(a);
    return escapingConstants ? a.rendering.escape(value) : a.rendering.print(value);
  };
  return (a) => {
    a.rendering.place = place;
    a.out.add((isConstant ? folded(constant, a) : undefined) ?? text(a));
  };
}

function compileIf(node: If, frame: Frame, compiler: Compiler): Execute {
  const branches = [node, ...node.elifs].map(({ test, body, line }) => ({
    place: { line, construct: "{% if %}" },
    test: compiler.expression(test, frame),
    body: compiler.body(body, frame),
  }));
  const otherwise = compiler.body(node.otherwise, frame);
  return (a) => {
    for (const { place, test, body } of branches) {
      a.rendering.place = place;
      if (truthy(test(a), a.rendering)) return body(a);
    }
    return otherwise(a);
  };
}

function compileSet(node: Of<"set">, frame: Frame, compiler: Compiler): Execute {
  const check = compileNamespaceCheck(node.target, frame);
  const assign = compileTarget(node.target, frame, compiler);
  const value = compiler.expression(node.value, frame);
  return (a) => {
    check(a);
    assign(a, value(a));
    return NEXT;
  };
}
