import { isJsonObject, type JsonObject } from "../../base/json.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import { addCalls, type WholeCall } from "../tools/call_delta.ts";
import type { Answers } from "../work/answers.ts";
import type { Usage } from "../work/choices.ts";
import type { Job, Piece } from "../work/choice.ts";
import { type AskedConstraint, askedConstraint, compileAsked } from "../work/constraint.ts";
import { type Conversation, conversationIds, encodeConversation } from "../work/prompt_ids.ts";
import type { ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { planTools, type Tools } from "../work/tool_plan.ts";
import { errorBody } from "./error_body.ts";
import { collect, newId, requireModel, stream, submit } from "./generate.ts";
import { functionTools, readBlocks, toolChoice } from "./read_blocks.ts";
import { readFormat } from "./read_format.ts";
import { readTools } from "./read_tools.ts";

/** `POST /v1/messages`: Anthropic's API. @throws HttpError */
export async function messages(model: ServedModel, exchange: Exchange, body: ReadBody): Promise<Response> {
  requireModel(model, body.values.model);
  const settings = settingsFor(model, body, { isChat: true });
  const tools = toolsOf(body);
  const conversation = conversationOf(body, tools);
  const plan = await planTools(model, tools, askedConstraint(body.values, formatOf(body)), "toolu_");
  const ids = conversationIds(model, conversation, plan.opening);
  const constraint = await compileAsked(model, plan.asked);
  const options = optionsWithin(model, settings.options, ids.length);
  const { cacheSalt } = settings;
  const job: Job = { ids, options, sequences: 1, cacheSalt, constraint, reader: plan.reader };
  const answers = submit(model, [job], exchange, "messages");
  const head = { id: newId("msg_"), type: "message", role: "assistant", model: model.id };
  if (body.values.stream) {
    return stream(
      exchange,
      answers,
      events(head, answers, tools !== undefined),
      (error) => named("error", errorBody(error, PATH, exchange.id)),
    );
  }
  let text = "";
  const calls: WholeCall[] = [];
  let last: Piece | undefined;
  const usage = await collect(answers, exchange, (piece) => {
    text += piece.text;
    addCalls(calls, piece.calls);
    last = piece;
  });
  const texts = text !== "" || calls.length === 0 ? [{ type: "text", text }] : [];
  const content = [
    ...texts,
    ...calls.map(({ arguments: given, ...call }) => ({ ...useOf(call), input: inputOf(given) })),
  ];
  return jsonResponse({ ...head, content, ...endOf(last), usage: usageOf(usage) });
}

/** `POST /v1/messages/count_tokens`. @throws HttpError */
export function countTokens(model: ServedModel, _: Exchange, body: ReadBody): Response {
  requireModel(model, body.values.model);
  const ids = encodeConversation(model, conversationOf(body, toolsOf(body)), "messages");
  return jsonResponse({ input_tokens: ids.length });
}

const PATH = "/v1/messages";

function toolsOf({ values }: ReadBody): Tools | undefined {
  const { tool_choice: choice } = values;
  const isSingle = isJsonObject(choice) && choice.disable_parallel_tool_use === true;
  return readTools(functionTools(values.tools as unknown[] | undefined), toolChoice(choice), !isSingle);
}

function conversationOf({ values }: ReadBody, tools: Tools | undefined): Conversation {
  return {
    messages: readBlocks(values.messages as unknown[], values.system),
    tools: tools?.shown,
    variables: values.chat_template_kwargs as JsonObject | undefined,
  };
}

function formatOf({ values }: ReadBody): AskedConstraint | undefined {
  const config = (values.output_config as JsonObject | undefined)?.format;
  return readFormat(config, "output_config.format") ?? readFormat(values.output_format, "output_format");
}

async function* events(head: object, answers: Answers, hasTools: boolean): AsyncGenerator<ServerEvent> {
  const usage = usageOf(answers.usage);
  const start = { ...head, content: [], stop_reason: null, stop_sequence: null, usage };
  yield named("message_start", { message: start });
  /** The block that is open; -1 before the first. */
  let index = -1;
  const open = (block: object) => named("content_block_start", { index: ++index, content_block: block });
  const delta = (part: object) => named("content_block_delta", { index, delta: part });
  const emptyText = { type: "text", text: "" };
  // With tools the answer may be calls alone.
  if (!hasTools) yield open(emptyText);
  let last: Piece | undefined;
  for await (const piece of answers.pieces()) {
    last = piece;
    if (piece.text !== "") {
      if (index < 0) yield open(emptyText);
      yield delta({ type: "text_delta", text: piece.text });
    }
    for (const { id, name, arguments: part } of piece.calls) {
      if (id !== undefined && name !== undefined) {
        if (index >= 0) yield named("content_block_stop", { index });
        yield open({ ...useOf({ id, name }), input: {} });
      }
      if (part !== "") yield delta({ type: "input_json_delta", partial_json: part });
    }
  }
  if (index < 0) yield open(emptyText);
  yield named("content_block_stop", { index });
  yield named("message_delta", { delta: endOf(last), usage: usageOf(answers.usage) });
  yield named("message_stop", {});
}

function useOf({ id, name }: { id: string; name: string }) {
  return { type: "tool_use", id, name };
}

/** The arguments of a call; none if they are cut, or no object. */
function inputOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function named(type: string, fields: object): ServerEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }) };
}

function endOf(last: Piece | undefined): Record<string, unknown> {
  const { stop, finish } = last ?? {};
  const reason = finish === "tool_calls"
    ? "tool_use"
    : stop !== undefined
    ? "stop_sequence"
    : finish === "length"
    ? "max_tokens"
    : "end_turn";
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
