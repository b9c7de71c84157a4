import type { JsonObject } from "../../base/json.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import { addCalls } from "../tools/call_delta.ts";
import type { Answers } from "../work/answers.ts";
import type { Job } from "../work/choice.ts";
import { askedConstraint, compileAsked } from "../work/constraint.ts";
import { conversationIds } from "../work/prompt_ids.ts";
import type { ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { planTools } from "../work/tool_plan.ts";
import { logprobsJson } from "./chat.ts";
import { collect, requireModel, stream, submit } from "./generate.ts";
import { readFormat } from "./read_format.ts";
import { chatChoice, chatTools, readInput } from "./read_input.ts";
import { readTools } from "./read_tools.ts";
import { Output, Reply } from "./response_object.ts";

/** `POST /v1/responses`, without anything stored. @throws HttpError */
export async function responses(model: ServedModel, exchange: Exchange, body: ReadBody): Promise<Response> {
  const { values } = body;
  requireModel(model, values.model);
  const format = readFormat((values.text as JsonObject | undefined)?.format, "text.format");
  const logprobs = readLogprobs(values);
  const settings = settingsFor(model, body, { answerTokens: model.answerTokens, isChat: true, logprobs });
  const tools = readTools(
    chatTools(values.tools as unknown[] | undefined),
    chatChoice(values.tool_choice),
    values.parallel_tool_calls,
  );
  const conversation = {
    messages: readInput(values.input, values.instructions as string | undefined),
    tools: tools?.shown,
    variables: values.chat_template_kwargs as JsonObject | undefined,
  };
  const plan = await planTools(model, tools, askedConstraint(values, format), "call_");
  const ids = conversationIds(model, conversation, plan.opening, "input");
  const constraint = await compileAsked(model, plan.asked);
  const options = optionsWithin(model, settings.options, ids.length);
  const { cacheSalt } = settings;
  const job: Job = { ids, options, sequences: 1, cacheSalt, constraint, reader: plan.reader };
  const answers = submit(model, [job], exchange, "input");
  const reply = new Reply(model, body, options);
  if (values.stream) {
    return stream(
      exchange,
      answers,
      events(reply, answers, tools !== undefined),
      (error) => reply.error(error),
    );
  }
  const output = new Output();
  const usage = await collect(answers, exchange, (piece) => output.add(piece));
  return jsonResponse(reply.object(output, usage));
}

async function* events(reply: Reply, answers: Answers, hasTools: boolean): AsyncGenerator<ServerEvent> {
  const output = new Output();
  const place = { item_id: reply.itemId, output_index: 0, content_index: 0 };
  let isOpen = false;
  function* openMessage(): Generator<ServerEvent> {
    if (isOpen) return;
    isOpen = true;
    yield reply.event("response.output_item.added", { output_index: 0, item: reply.item(undefined) });
    yield reply.event("response.content_part.added", { ...place, part: reply.part(new Output()) });
  }
  function* closeMessage(): Generator<ServerEvent> {
    if (!isOpen) return;
    const logprobs = logprobsJson(output.scores).content;
    yield reply.event("response.output_text.done", { ...place, text: output.text, logprobs });
    yield reply.event("response.content_part.done", { ...place, part: reply.part(output) });
    yield reply.event("response.output_item.done", { output_index: 0, item: reply.item(output) });
  }
  const callPlace = (index: number) => ({
    item_id: reply.call(output.calls[index], output).id,
    output_index: index + (isOpen ? 1 : 0),
  });
  function* closeCall(index: number): Generator<ServerEvent> {
    const call = output.calls[index];
    const { item_id, output_index } = callPlace(index);
    const { name, arguments: given } = call;
    yield reply.event("response.function_call_arguments.done", {
      item_id,
      output_index,
      name,
      arguments: given,
    });
    yield reply.event("response.output_item.done", { output_index, item: reply.call(call, output) });
  }
  yield reply.event("response.created", { response: reply.object() });
  yield reply.event("response.in_progress", { response: reply.object() });
  // With tools the answer may be calls alone.
  if (!hasTools) yield* openMessage();
  let told = 0;
  for await (const piece of answers.pieces()) {
    const before = output.calls.length;
    output.add({ ...piece, calls: [] });
    if (piece.text !== "" || (isOpen && before === 0 && piece.scores.length > 0)) {
      yield* openMessage();
      const logprobs = logprobsJson(output.scores.slice(told)).content;
      told = output.scores.length;
      yield reply.event("response.output_text.delta", { ...place, delta: piece.text, logprobs });
    }
    for (const part of piece.calls) {
      if (part.id !== undefined) {
        if (part.index === 0) yield* closeMessage();
        else yield* closeCall(part.index - 1);
      }
      addCalls(output.calls, [part]);
      const at = callPlace(part.index);
      if (part.id !== undefined) {
        const item = reply.call(output.calls[part.index], output, true);
        yield reply.event("response.output_item.added", { output_index: at.output_index, item });
      }
      yield reply.event("response.function_call_arguments.delta", { ...at, delta: part.arguments });
    }
  }
  if (output.calls.length > 0) yield* closeCall(output.calls.length - 1);
  else {
    yield* openMessage();
    yield* closeMessage();
  }
  const end = output.finish === "length" ? "response.incomplete" : "response.completed";
  yield reply.event(end, { response: reply.object(output, answers.usage) });
}

function readLogprobs({ include, top_logprobs: top }: Readonly<Record<string, unknown>>): number | undefined {
  const wanted = (include as unknown[] | undefined)?.includes("message.output_text.logprobs");
  return wanted ? (top as number | undefined) ?? 0 : undefined;
}
