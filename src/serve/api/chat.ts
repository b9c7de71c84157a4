import { clock } from "../../base/clock.ts";
import { CHAT_FIELDS, COMMON_FIELDS, SAMPLING_FIELDS } from "../fields/openai_fields.ts";
import type { FieldTable } from "../fields/body_field.ts";
import { GENERATION_FIELDS } from "../fields/generation_fields.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { badRequest } from "../http/http_error.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import type { Answers } from "../work/answers.ts";
import { type AskedConstraint, askedConstraint, compileAsked } from "../work/constraint.ts";
import { conversationIds } from "../work/prompt_ids.ts";
import type { Usage } from "../work/choices.ts";
import type { Job, Piece } from "../work/choice.ts";
import type { NamedToken, TokenScore } from "../work/scored_tokens.ts";
import type { RequestModel, ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { planTools } from "../work/tool_plan.ts";
import { addCalls, type CallDelta, type WholeCall } from "../tools/call_delta.ts";
import { collect, newId, requireModel, stream, submit, usageJson, wantsUsage } from "./generate.ts";
import { readConversation } from "./read_conversation.ts";
import { readFormat } from "./read_format.ts";
import { readTools } from "./read_tools.ts";

/** Fields of `/v1/chat/completions`. */
export const CHAT_TABLE: FieldTable = {
  ...GENERATION_FIELDS,
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  ...CHAT_FIELDS,
};

/** `POST /v1/chat/completions`. @throws HttpError */
export async function chatCompletions(
  model: ServedModel,
  exchange: Exchange,
  body: ReadBody,
): Promise<Response> {
  const { values } = body;
  requireModel(model, values.model);
  const withUsage = wantsUsage(values);
  const job = await chatJob(model, body);
  const answers = submit(model, [job], exchange, "n");
  const head: Head = {
    id: newId("chatcmpl-"),
    created: Math.floor(clock.date().getTime() / 1000),
    model: model.id,
  };
  if (values.stream) return stream(exchange, answers, chunks(answers, job, head, withUsage));
  const choices = new ChatText(job);
  const usage = await collect(answers, exchange, (piece) => choices.add(piece));
  return jsonResponse(choices.completion(head, usage));
}

/**
 * The work that a body of `/v1/chat/completions` asks for.
 * @param fallback holds the answer if the body has no constraint
 * @throws HttpError 400 that names the field
 */
export async function chatJob(
  model: RequestModel,
  body: ReadBody,
  fallback?: AskedConstraint,
): Promise<Job> {
  const { values } = body;
  const format = readFormat(values.response_format, "response_format", "json_schema");
  const logprobs = readLogprobs(values);
  const settings = settingsFor(model, body, { answerTokens: model.answerTokens, isChat: true, logprobs });
  const tools = readTools(values.tools as unknown[], values.tool_choice, values.parallel_tool_calls);
  const conversation = readConversation(body, tools);
  const plan = await planTools(model, tools, askedConstraint(values, format) ?? fallback, "call_");
  const ids = conversationIds(model, conversation, plan.opening);
  const { numReturnSequences: sequences, cacheSalt } = settings;
  const constraint = await compileAsked(model, plan.asked);
  const options = optionsWithin(model, settings.options, ids.length);
  return { ids, options, sequences, cacheSalt, constraint, reader: plan.reader };
}

/** The fields that all parts of one answer have. */
interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** The choices of a whole answer while their pieces arrive. */
export class ChatText {
  readonly #choices;
  readonly #hasLogprobs: boolean;

  constructor({ sequences, options }: Job) {
    this.#hasLogprobs = hasLogprobs(options);
    this.#choices = Array.from({ length: sequences }, () => ({
      text: "",
      scores: [] as TokenScore[],
      calls: [] as WholeCall[],
      finish: "" as string,
    }));
  }

  add({ choice, text, scores, calls, finish }: Piece): void {
    const one = this.#choices[choice];
    one.text += text;
    addCalls(one.calls, calls);
    one.scores.push(...scores);
    one.finish = finish ?? "";
  }

  /** OpenAI's object of the whole answer. */
  completion({ id, created, model }: Head, usage: Usage): Record<string, unknown> {
    return {
      ...{ id, object: "chat.completion", created, model },
      choices: this.#choices.map(({ text, scores, calls, finish }, index) => ({
        index,
        message: { ...messageOf(text, calls), refusal: null },
        logprobs: this.#hasLogprobs ? logprobsJson(scores) : null,
        finish_reason: finish,
      })),
      usage: usageJson(usage),
    };
  }
}

function hasLogprobs({ logprobs }: Job["options"]): boolean {
  return logprobs !== undefined;
}

/** The chunks of a stream: the role of each choice, its text, its end; the usage, if wanted. */
async function* chunks(
  answers: Answers,
  { sequences, options }: Job,
  { id, created, model }: Head,
  withUsage: boolean,
): AsyncGenerator<ServerEvent> {
  const chunk = (choices: unknown[], usage: unknown = null): ServerEvent => ({
    data: JSON.stringify({
      ...{ id, object: "chat.completion.chunk", created, model, choices },
      ...(withUsage && { usage }),
    }),
  });
  const choice = (
    index: number,
    delta: unknown,
    scores: readonly TokenScore[] = [],
    finish: string | null = null,
  ) =>
    chunk([{
      ...{ index, delta },
      logprobs: hasLogprobs(options) && scores.length > 0 ? logprobsJson(scores) : null,
      finish_reason: finish,
    }]);
  for (let index = 0; index < sequences; index++) {
    yield choice(index, { role: "assistant", content: "", refusal: null });
  }
  for await (const piece of answers.pieces()) {
    if (hasContent(piece)) yield choice(piece.choice, { content: piece.text }, piece.scores);
    for (const call of piece.calls) yield choice(piece.choice, { tool_calls: [deltaJson(call)] });
    if (piece.finish) yield choice(piece.choice, {}, [], piece.finish);
  }
  if (withUsage) yield chunk([], usageJson(answers.usage));
  yield { data: "[DONE]" };
}

/** The message of an answer; one of calls alone has no content. */
export function messageOf(text: string, calls: readonly WholeCall[]): Record<string, unknown> {
  if (calls.length === 0) return { role: "assistant", content: text };
  const tool_calls = calls.map(({ id, ...called }) => ({ id, type: "function", function: called }));
  return { role: "assistant", content: text || null, tool_calls };
}

function deltaJson({ index, id, name, arguments: part }: CallDelta): Record<string, unknown> {
  const first = id !== undefined && { id, type: "function" };
  return { index, ...first, function: { ...(name !== undefined && { name }), arguments: part } };
}

/** True for a piece with text, or tokens whose text came before. */
export function hasContent({ text, scores }: Piece): boolean {
  return text !== "" || scores.length > 0;
}

/** OpenAI's log-probabilities of a chat answer. */
export function logprobsJson(scores: readonly TokenScore[]): Record<string, unknown> {
  const named = ({ text, bytes, logprob }: NamedToken) => ({ token: text, logprob, bytes: [...bytes] });
  return {
    content: scores.map((score) => ({ ...named(score), top_logprobs: score.top.map(named) })),
    refusal: null,
  };
}

/** Number of alternatives of each token; undefined for no log-probabilities. */
function readLogprobs(
  { logprobs, top_logprobs: top }: Readonly<Record<string, unknown>>,
): number | undefined {
  if (logprobs) return (top as number | undefined) ?? 0;
  if (top !== undefined) throw badRequest("top_logprobs: expected logprobs true beside it", "top_logprobs");
  return undefined;
}
