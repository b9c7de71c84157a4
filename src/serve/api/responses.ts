import { clock } from "../../base/clock.ts";
import type { JsonObject } from "../../base/json.ts";
import type { GenerationOptions } from "../../generate/mod.ts";
import { shownSampling } from "../../generate/options/greedy.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import type { Answers, Usage } from "../work/answers.ts";
import { askedConstraint, compileAsked } from "../work/constraint.ts";
import { conversationIds } from "../work/prompt_ids.ts";
import type { TokenScore } from "../work/scored_tokens.ts";
import type { ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { hasContent, logprobsJson } from "./chat.ts";
import { collect, newId, requireModel, stream, submit } from "./generate.ts";
import { readFormat } from "./read_format.ts";
import { chatTools, readInput } from "./read_input.ts";
import { readTools } from "./read_tools.ts";

/** An answer so far. */
interface Output {
  text: string;
  scores: TokenScore[];
  finish: "stop" | "length" | undefined;
}

/** `POST /v1/responses`, without anything stored. @throws HttpError */
export async function responses(model: ServedModel, exchange: Exchange, body: ReadBody): Promise<Response> {
  const { values } = body;
  requireModel(model, values.model);
  const format = readFormat((values.text as JsonObject | undefined)?.format, "text.format");
  const logprobs = readLogprobs(values);
  const settings = settingsFor(model, body, { answerTokens: model.answerTokens, isChat: true, logprobs });
  const ids = conversationIds(model, {
    messages: readInput(values.input, values.instructions as string | undefined),
    tools: readTools(model, chatTools(values.tools as unknown[] | undefined), values.tool_choice),
    variables: values.chat_template_kwargs as JsonObject | undefined,
  }, "input");
  const constraint = await compileAsked(model, askedConstraint(values, format));
  const options = optionsWithin(model, settings.options, ids.length);
  const answers = submit(
    model,
    [{ ids, options, sequences: 1, cacheSalt: settings.cacheSalt, constraint }],
    exchange,
    "input",
  );
  const reply = new Reply(model, body, options);
  if (values.stream) return stream(exchange, answers, events(reply, answers), (error) => reply.error(error));
  const output: Output = { text: "", scores: [], finish: undefined };
  const usage = await collect(answers, exchange, (piece) => addTo(output, piece));
  return jsonResponse(reply.object(output, usage));
}

function addTo(
  output: Output,
  { text, scores, finish }: { text: string; scores: readonly TokenScore[]; finish?: "stop" | "length" },
) {
  output.text += text;
  output.scores.push(...scores);
  output.finish = finish;
}

async function* events(reply: Reply, answers: Answers): AsyncGenerator<ServerEvent> {
  const output: Output = { text: "", scores: [], finish: undefined };
  const place = { item_id: reply.itemId, output_index: 0, content_index: 0 };
  yield reply.event("response.created", { response: reply.object() });
  yield reply.event("response.in_progress", { response: reply.object() });
  yield reply.event("response.output_item.added", { output_index: 0, item: reply.item(undefined) });
  const emptyPart = reply.part({ text: "", scores: [], finish: undefined });
  yield reply.event("response.content_part.added", { ...place, part: emptyPart });
  for await (const piece of answers.pieces()) {
    addTo(output, piece);
    if (!hasContent(piece)) continue;
    const logprobs = logprobsJson(piece.scores).content;
    yield reply.event("response.output_text.delta", { ...place, delta: piece.text, logprobs });
  }
  const logprobs = logprobsJson(output.scores).content;
  yield reply.event("response.output_text.done", { ...place, text: output.text, logprobs });
  yield reply.event("response.content_part.done", { ...place, part: reply.part(output) });
  yield reply.event("response.output_item.done", { output_index: 0, item: reply.item(output) });
  const end = output.finish === "length" ? "response.incomplete" : "response.completed";
  yield reply.event(end, { response: reply.object(output, answers.usage) });
}

/** The objects of one response. */
class Reply {
  readonly itemId = newId("msg_");
  readonly #id = newId("resp_");
  readonly #created = Math.floor(clock.date().getTime() / 1000);
  readonly #model: ServedModel;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #options: GenerationOptions;
  #events = 0;

  constructor(model: ServedModel, { values, asked }: ReadBody, options: GenerationOptions) {
    this.#model = model;
    this.#values = { ...values, max_output_tokens: asked.maxNewTokens };
    this.#options = options;
  }

  /** The next event of a stream. */
  event(type: string, fields: Record<string, unknown>): ServerEvent {
    return { event: type, data: JSON.stringify({ type, sequence_number: this.#events++, ...fields }) };
  }

  error(
    { message, param, code }: { message: string; param: string | null; code: string | null },
  ): ServerEvent {
    return this.event("error", { code, message, param });
  }

  /** The response: in progress, or with its output. */
  object(output?: Output, usage?: Usage): Record<string, unknown> {
    const values = this.#values;
    const isCut = output?.finish === "length";
    return {
      ...{ id: this.#id, object: "response", created_at: this.#created, model: this.#model.id },
      status: !output ? "in_progress" : isCut ? "incomplete" : "completed",
      ...{ error: null, access_programs: null },
      incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
      instructions: values.instructions ?? null,
      max_output_tokens: values.max_output_tokens ?? null,
      output: output ? [this.item(output)] : [],
      ...{ parallel_tool_calls: true, previous_response_id: null, background: false },
      reasoning: { effort: null, summary: null },
      ...shownSampling(this.#options),
      top_logprobs: values.top_logprobs ?? 0,
      text: { format: { type: "text" }, ...values.text as JsonObject | undefined },
      tool_choice: values.tool_choice ?? "auto",
      tools: values.tools ?? [],
      truncation: "disabled",
      ...(usage && { usage: usageOf(usage) }),
      metadata: {},
    };
  }

  /** The message of the output; undefined before it has begun. */
  item(output: Output | undefined): Record<string, unknown> {
    const status = !output ? "in_progress" : output.finish === "length" ? "incomplete" : "completed";
    return {
      ...{ id: this.itemId, type: "message", status, role: "assistant" },
      content: output ? [this.part(output)] : [],
    };
  }

  part({ text, scores }: Output): Record<string, unknown> {
    return { type: "output_text", text, annotations: [], logprobs: logprobsJson(scores).content };
  }
}

function usageOf({ promptTokens, cachedTokens, completionTokens }: Usage): Record<string, unknown> {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: promptTokens + completionTokens,
  };
}

function readLogprobs({ include, top_logprobs: top }: Readonly<Record<string, unknown>>): number | undefined {
  const wanted = (include as unknown[] | undefined)?.includes("message.output_text.logprobs");
  return wanted ? (top as number | undefined) ?? 0 : undefined;
}
