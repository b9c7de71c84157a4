import type { Constraint } from "../../constraint/constraint.ts";
import type { Json } from "../../constraint/schema/located.ts";
import type { CallSyntax } from "./syntax.ts";

/** A tool that may be called. */
export interface CallableTool {
  readonly name: string;
  /** JSON schema of its arguments, an object. */
  readonly schema: Json;
}

/** Calls of one answer that a constraint allows. */
const MOST_CALLS = 16;

const text = (text: string): Constraint => ({ kind: "text", text });
const sequence = (...items: Constraint[]): Constraint => ({ kind: "sequence", items });

/**
 * The language of answers that are calls of these tools and nothing else, in a model's syntax.
 * @param isParallel true if there may be several; where no mark separates calls there is one
 * @param isOpened true if the prompt ends in the opening mark
 */
export function callsConstraint(
  syntax: CallSyntax,
  tools: readonly CallableTool[],
  { isParallel, isOpened }: { isParallel: boolean; isOpened: boolean },
): Constraint {
  const one: Constraint = { kind: "choice", options: tools.map((tool) => callOf(syntax, tool)) };
  const more = (between: string): Constraint => ({
    ...{ kind: "repeat", item: sequence(text(between), one) },
    ...{ min: 0, max: isParallel ? MOST_CALLS - 1 : 0 },
  });
  const { open = "", close = "" } = syntax;
  const start = isOpened ? "" : open;
  switch (syntax.name) {
    case "tag":
      return sequence(text(`${start}\n`), one, more(`\n${close}\n${open}\n`), text(`\n${close}`));
    case "list":
      return syntax.isNameFirst
        ? sequence(text(start), one, more(open))
        : sequence(text(`${start} [`), one, more(", "), text("]"));
    default:
      // Llama writes the mark before code only.
      return one;
  }
}

function callOf({ key, isNameFirst }: CallSyntax, { name, schema }: CallableTool): Constraint {
  const values: Constraint = { kind: "jsonSchema", schema };
  if (isNameFirst) return sequence(text(`${name}[ARGS]`), values);
  return sequence(text(`{"name": ${JSON.stringify(name)}, "${key}": `), values, text("}"));
}
