import type { JsonObject } from "../../base/json.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import type { Answers, Piece, Usage } from "../work/answers.ts";
import { type AskedConstraint, askedConstraint, compileAsked } from "../work/constraint.ts";
import { type Conversation, conversationIds, encodeConversation } from "../work/prompt_ids.ts";
import type { ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { errorBody } from "./error_body.ts";
import { collect, newId, requireModel, stream, submit } from "./generate.ts";
import { functionTools, readBlocks, toolChoice } from "./read_blocks.ts";
import { readFormat } from "./read_format.ts";
import { readTools } from "./read_tools.ts";

/** `POST /v1/messages`: Anthropic's API. @throws HttpError */
export async function messages(model: ServedModel, exchange: Exchange, body: ReadBody): Promise<Response> {
  requireModel(model, body.values.model);
  const settings = settingsFor(model, body, { isChat: true });
  const ids = conversationIds(model, conversationOf(model, body));
  const constraint = await compileAsked(model, askedConstraint(body.values, formatOf(body)));
  const options = optionsWithin(model, settings.options, ids.length);
  const answers = submit(
    model,
    [{ ids, options, sequences: 1, cacheSalt: settings.cacheSalt, constraint }],
    exchange,
    "messages",
  );
  const head = { id: newId("msg_"), type: "message", role: "assistant", model: model.id };
  if (body.values.stream) {
    return stream(
      exchange,
      answers,
      events(head, answers),
      (error) => named("error", errorBody(error, PATH, exchange.id)),
    );
  }
  let text = "";
  let last: Piece | undefined;
  const usage = await collect(answers, exchange, (piece) => {
    text += piece.text;
    last = piece;
  });
  return jsonResponse({ ...head, content: [{ type: "text", text }], ...endOf(last), usage: usageOf(usage) });
}

/** `POST /v1/messages/count_tokens`. @throws HttpError */
export function countTokens(model: ServedModel, _: Exchange, body: ReadBody): Response {
  requireModel(model, body.values.model);
  const ids = encodeConversation(model, conversationOf(model, body), "messages");
  return jsonResponse({ input_tokens: ids.length });
}

const PATH = "/v1/messages";

function conversationOf(model: ServedModel, { values }: ReadBody): Conversation {
  const tools = functionTools(values.tools as unknown[] | undefined);
  return {
    messages: readBlocks(values.messages as unknown[], values.system),
    tools: readTools(model, tools, toolChoice(values.tool_choice)),
    variables: values.chat_template_kwargs as JsonObject | undefined,
  };
}

function formatOf({ values }: ReadBody): AskedConstraint | undefined {
  const config = (values.output_config as JsonObject | undefined)?.format;
  return readFormat(config, "output_config.format") ?? readFormat(values.output_format, "output_format");
}

async function* events(head: object, answers: Answers): AsyncGenerator<ServerEvent> {
  const start = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageOf(answers.usage),
  };
  yield named("message_start", { message: start });
  yield named("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  let last: Piece | undefined;
  for await (const piece of answers.pieces()) {
    last = piece;
    if (piece.text === "") continue;
    yield named("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece.text } });
  }
  yield named("content_block_stop", { index: 0 });
  yield named("message_delta", { delta: endOf(last), usage: usageOf(answers.usage) });
  yield named("message_stop", {});
}

function named(type: string, fields: object): ServerEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) };
}

function endOf(last: Piece | undefined): Record<string, unknown> {
  const { stop, finish } = last ?? {};
  const reason = stop !== undefined ? "stop_sequence" : finish === "length" ? "max_tokens" : "end_turn";
  return { stop_reason: reason, stop_sequence: stop ?? null };
}

function usageOf({ promptTokens, cachedTokens, completionTokens }: Usage): Record<string, unknown> {
  return {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
  };
}
