import { clock } from "../../base/clock.ts";
import { type JsonObject, writable } from "../../base/json.ts";
import type { GenerationOptions } from "../../generate/mod.ts";
import { shownSampling } from "../../generate/options/greedy.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { addCalls, type WholeCall } from "../tools/call_delta.ts";
import type { Usage } from "../work/choices.ts";
import type { Finish, Piece } from "../work/choice.ts";
import type { TokenScore } from "../work/scored_tokens.ts";
import type { ServedModel } from "../work/served_model.ts";
import { logprobsJson } from "./chat.ts";
import { newId } from "./generate.ts";

/** An answer so far. */
export class Output {
  text = "";
  /** Log-probabilities of the text before the first call. */
  readonly scores: TokenScore[] = [];
  readonly calls: WholeCall[] = [];
  finish: Finish | undefined;

  add({ text, scores, calls, finish }: Piece): void {
    this.text += text;
    if (this.calls.length === 0) this.scores.push(...scores);
    addCalls(this.calls, calls);
    this.finish = finish;
  }
}

/** True if a message is in the output: there is text, or nothing at all. */
export function hasMessage({ text, calls }: Output): boolean {
  return text !== "" || calls.length === 0;
}

/** The objects of one response. */
export class Reply {
  readonly itemId = newId("msg_");
  readonly #id = newId("resp_");
  readonly #created = Math.floor(clock.date().getTime() / 1000);
  readonly #model: ServedModel;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #options: GenerationOptions;
  #events = 0;

  constructor(model: ServedModel, { values, asked }: ReadBody, options: GenerationOptions) {
    this.#model = model;
    this.#values = { ...writable(values) as JsonObject, max_output_tokens: asked.maxNewTokens };
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
      output: output ? this.#items(output) : [],
      parallel_tool_calls: values.parallel_tool_calls ?? true,
      ...{ previous_response_id: null, background: false },
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

  /** A call of the output. @param isOpen true while its arguments arrive */
  call({ id, name, arguments: given }: WholeCall, output: Output, isOpen = false): Record<string, unknown> {
    // The last call is cut if the answer is.
    const isCut = output.finish === "length" && output.calls.at(-1)?.id === id;
    return {
      ...{ id: `fc_${id}`, type: "function_call", call_id: id, name, arguments: isOpen ? "" : given },
      status: isOpen ? "in_progress" : isCut ? "incomplete" : "completed",
    };
  }

  #items(output: Output): Record<string, unknown>[] {
    const calls = output.calls.map((call) => this.call(call, output));
    return hasMessage(output) ? [this.item(output), ...calls] : calls;
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
