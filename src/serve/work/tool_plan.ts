import { pause } from "../../base/clock.ts";
import { type JsonObject, writable } from "../../base/json.ts";
import type { Json } from "../../constraint/schema/located.ts";
import { pickTemplate } from "../../tokenizer/chat_template.ts";
import { CallReader } from "../tools/call_reader.ts";
import { type CallableTool, callsConstraint } from "../tools/forced_calls.ts";
import { type CallSyntax, syntaxOf } from "../tools/syntax.ts";
import { type AskedConstraint, compileAsked } from "./constraint.ts";
import type { RequestModel } from "./served_model.ts";

/** The tools of a request. */
export interface Tools {
  /** As the template shows them. */
  readonly shown: readonly JsonObject[];
  /** Those that may be called: all, or the one that the request names. */
  readonly callable: readonly (CallableTool & { readonly param: string })[];
  /** True if the answer must be calls. */
  readonly isForced: boolean;
  readonly isParallel: boolean;
}

/** Plan of a request's tool calls: the constraint on its answers, and the reader that finds calls in them. */
export interface ToolPlan {
  /** Constraint on the answer: calls, the format that the request asks for, or either. */
  readonly asked?: AskedConstraint;
  /** Ids appended to the prompt: the mark that begins a call; empty if the model writes it. */
  readonly opening: readonly number[];
  /** Makes the reader of an answer; undefined without tools. */
  readonly reader?: () => CallReader;
}

/**
 * Plans the calls of a request.
 * @param asked the request's own constraint, for answers that are not calls
 * @param idKind beginning of the calls' ids
 * @throws HttpError 400 for a schema that calls cannot be held to
 */
export async function planTools(
  model: RequestModel,
  tools: Tools | undefined,
  asked: AskedConstraint | undefined,
  idKind: string,
): Promise<ToolPlan> {
  if (!tools) return { asked, opening: [] };
  const { isForced, isParallel, callable } = tools;
  const syntax = modelSyntax(model);
  const mark = openingToken(model, syntax);
  const isOpened = isForced && mark !== undefined && !syntax.isBare;
  const reader = () =>
    new CallReader({
      ...{ syntax, idKind, isOpened, names: new Set(callable.map(({ name }) => name)) },
      ...{ isHidden: mark?.isSpecial ?? false, most: isParallel ? undefined : 1 },
    });
  if (!isForced && !asked) return { opening: [], reader };
  // Each alone first: an error names what it is about.
  await compileAsked(model, asked);
  for (const { schema, param } of callable) {
    await compileAsked(model, { constraint: { kind: "jsonSchema", schema }, param });
    await pause();
  }
  const calls = callsConstraint(syntax, callable, { isParallel, isOpened });
  const constraint = isForced || !asked
    ? calls
    : { kind: "choice", options: [calls, asked.constraint] } as const;
  return { asked: { constraint, param: "tools" }, opening: isOpened ? [mark.id] : [], reader };
}

/** The special token that begins a call and that decoded text leaves out; undefined if text shows it. */
export function hiddenMark(model: RequestModel): { id: number; text: string } | undefined {
  const syntax = modelSyntax(model);
  const mark = openingToken(model, syntax);
  return mark?.isSpecial ? { id: mark.id, text: syntax.open! } : undefined;
}

/** The template that a conversation is rendered with. @throws DataError if there is none */
export function templateOf({ template, tokenizer }: RequestModel, hasTools: boolean): string {
  return template ?? pickTemplate(tokenizer.chatTemplate, hasTools);
}

function modelSyntax(model: RequestModel): CallSyntax {
  return syntaxOf(templateOf(model, true));
}

function openingToken({ tokenizer }: RequestModel, { open }: CallSyntax) {
  for (const [id, { content, special }] of tokenizer.pipeline.added) {
    if (content === open) return { id, isSpecial: special };
  }
  return undefined;
}

/** The schema of a tool's arguments: without one there are none. */
export function argumentsSchema(parameters: JsonObject | null | undefined): Json {
  const schema = writable(parameters ?? { properties: {}, additionalProperties: false }) as JsonObject;
  return (schema.type === undefined ? { ...schema, type: "object" } : schema) as Json;
}
