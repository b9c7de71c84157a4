import { perSecond } from "../../base/clock.ts";
import { DataError, LlamaError, UsageError } from "../../base/errors.ts";
import { needsHost } from "../../generate/sampling/host_sampler.ts";
import { checkOptionIds } from "../../generate/options/option_ids.ts";
import { stopTest } from "../../generate/sampling/stop_strings.ts";
import type { GenerationEvent, GenerationOptions, GenerationRequest } from "../../generate/options/types.ts";
import type { Constraint } from "../../constraint/constraint.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { Constrain } from "../../generate/sampling/constrainer.ts";
import type { Call } from "./call.ts";
import { constraintOf } from "./constraint_option.ts";
import { Continuation, type Ongoing } from "./continuation.ts";
import type { ChatPrompt } from "./chats.ts";
import { chatEnds } from "../../generate/request/chat_end.ts";
import type { RequestModel } from "../../serve/work/served_model.ts";
import { type Context, encodeFitting, type Encoder } from "../../generate/request/encode_prompt.ts";
import { mergeSettings, newTokensFor } from "../../generate/request/settings.ts";
import { InOrder } from "../terminal/in_order.ts";
import type { PromptItem } from "./input.ts";
import { snakeCase } from "../../base/names.ts";
import { toJson } from "../terminal/output.ts";
import { failedRecords } from "./prompts.ts";
import { type Decoder, TextStream } from "../../tokenizer/text_stream.ts";

/** The methods of a loaded model that continue prompts. */
export interface Generator {
  readonly model: { readonly config: { readonly vocabSize: number }; readonly loadMs: number };
  generate(
    requests: AsyncIterable<GenerationRequest>,
    options: { signal?: AbortSignal },
  ): AsyncIterable<GenerationEvent>;
  /** Ends a request early; its last event is still delivered. */
  cancel(index: number): void;
}

/** The parts that process the prompts of one call. */
export interface Parts {
  readonly session: Generator;
  /** Absent if the model's folder has no tokenizer. */
  readonly tokenizer:
    | Encoder & {
      decode(ids: number[], options: { skipSpecialTokens: boolean }): string;
      readonly eosTokenId?: number;
    }
    | undefined;
  /** The model as conversations need it; absent without a tokenizer. */
  readonly requestModel?: RequestModel;
  /** Decodes new ids after a prompt to text; undefined without a tokenizer. */
  decoderOf(promptIds: number[]): Decoder | undefined;
  readonly defaults: GenerationOptions;
  readonly context: Context;
  /** Compiles a constraint for the model's vocabulary; absent without a tokenizer. */
  readonly constrain?: Constrain;
  /** The constraint of the command line. */
  readonly flagConstraint?: Constraint;
  /** Restores a prompt's saved rows into the cache before it is continued. */
  readonly promptCache?: { restore(ids: readonly number[], positions: number): Promise<void> };
}

/**
 * Continues prompts as they are read and prints the results in order.
 * @returns the exit code: 3 if a prompt could not be used, else 0
 */
export function continuePrompts(call: Call, parts: Parts, items: AsyncIterable<PromptItem>): Promise<number> {
  return new PromptRun(call, parts).work(items);
}

class PromptRun {
  readonly #call: Call;
  readonly #parts: Parts;
  readonly #output: InOrder;
  readonly #json: boolean;
  /** The unfinished continuations by request number. */
  readonly #open = new Map<number, Ongoing>();
  #requests = 0;
  #hostNoted = false;
  #failures: string[] = [];
  /** True if an error was printed in the place of its answer. */
  #failedOnStdout = false;

  constructor(call: Call, parts: Parts) {
    this.#call = call;
    this.#parts = parts;
    this.#output = new InOrder(call.out);
    // Without a tokenizer there is no text to print: ids can only be shown in an object.
    this.#json = call.values.json || !parts.tokenizer;
    // Report invalid flags now, before any record.
    mergeSettings(parts.defaults, call.values, {}, parts.tokenizer);
    if (!parts.tokenizer && call.values.stop) {
      throw new UsageError(
        "--stop needs a tokenizer, and the model has no tokenizer.json or tokenizer.model",
      );
    }
  }

  async work(items: AsyncIterable<PromptItem>): Promise<number> {
    const { out, log } = this.#call;
    try {
      await this.#generate(items);
    } catch (error) {
      // The next message on stderr must not follow a partial line of text.
      if (error instanceof LlamaError && this.#open.values().next().value?.breakOff()) {
        await out.drain().catch(() => {});
      }
      throw error;
    }
    if (this.#failures.length === 0) return 0;
    if (this.#failedOnStdout) log.error(failedRecords(this.#failures));
    return 3;
  }

  async #generate(items: AsyncIterable<PromptItem>): Promise<void> {
    const { out, signal } = this.#call;
    const { session } = this.#parts;
    for await (const event of session.generate(this.#toRequests(items), { signal })) {
      const continuation = this.#open.get(event.index);
      if (!continuation) continue;
      if (event.error) {
        this.#drop(continuation);
        await this.#fail(continuation.setup.item, event.error, continuation);
        continue;
      }
      if (continuation.accept(event)) session.cancel(event.index);
      await out.drain();
      if (continuation.finished) {
        this.#open.delete(event.index);
        this.#describe(continuation, event);
      }
    }
  }

  /** Reads prompts as the session requests them; an unusable prompt keeps its place in the output. */
  async *#toRequests(items: AsyncIterable<PromptItem>): AsyncGenerator<GenerationRequest> {
    for await (const item of items) {
      let requests: GenerationRequest[] = [];
      try {
        if (item.error) throw item.error;
        requests = item.batch ? await this.#prepareBatch(item) : await this.#prepare(item);
      } catch (error) {
        if (!(error instanceof LlamaError)) throw error;
        await this.#fail(item, error);
      }
      for (const { ids, options } of requests.slice(0, 1)) {
        await this.#parts.promptCache?.restore(ids, ids.length + options.maxNewTokens - 1);
      }
      yield* requests;
    }
  }

  /** Forgets a sequence that has failed, and the others that share its place in the output. */
  #drop({ setup: { slot } }: Ongoing): void {
    for (const [index, { setup }] of this.#open) {
      if (setup.slot !== slot) continue;
      this.#open.delete(index);
      this.#parts.session.cancel(index);
    }
  }

  /** A record's own constraint, else that of the flags. */
  async #compiled(
    { where }: PromptItem,
    asked: Constraint | undefined,
  ): Promise<CompiledConstraint | undefined> {
    if (!asked) return undefined;
    if (!this.#parts.constrain) throw new UsageError(`${where}: a constraint needs a tokenizer`);
    return await this.#parts.constrain(asked);
  }

  /** The prompt of a conversation; undefined for plain text and ids. */
  async #chatOf(item: PromptItem, constraint: Constraint | undefined): Promise<ChatPrompt | undefined> {
    const { values } = this.#call;
    const isPlain = !values.chat || typeof item.prompt !== "string";
    if (!item.chat && isPlain) return undefined;
    const chat = item.chat ?? { messages: [{ role: "user", content: item.prompt as string }] };
    const parseSpecial = item.options.parseSpecial ?? values.parseSpecial;
    const { chatPrompt } = await import("./chats.ts");
    return await chatPrompt(this.#modelFor(item), chat, { system: values.system, parseSpecial, constraint });
  }

  #modelFor({ where }: PromptItem): RequestModel {
    if (this.#parts.requestModel) return this.#parts.requestModel;
    throw new DataError(`${where}: messages need a tokenizer, and the model has none`);
  }

  /** The requests of a line of an OpenAI batch file. */
  async #prepareBatch(item: PromptItem): Promise<GenerationRequest[]> {
    const model = this.#modelFor(item);
    const { BatchAnswer, batchJob } = await import("./batch_answer.ts");
    const answer = new BatchAnswer(model, item, await batchJob(model, item, this.#parts.flagConstraint));
    const slot = this.#output.open();
    return answer.requests.map((request, i) => {
      this.#open.set(this.#requests++, answer.sequence(i, slot));
      return request;
    });
  }

  async #prepare(given: PromptItem): Promise<GenerationRequest[]> {
    const { values } = this.#call;
    const asked = constraintOf(given.options) ?? this.#parts.flagConstraint;
    const chat = await this.#chatOf(given, asked);
    const item = given.chat && chat ? { ...given, prompt: chat.text } : given;
    const constraint = chat ? chat.constraint : await this.#compiled(item, asked);
    const { session, tokenizer, decoderOf, defaults, context } = this.#parts;
    const settings = mergeSettings(defaults, values, item.options, tokenizer);
    if (!tokenizer && settings.options.stop.length > 0) {
      throw new UsageError(`${item.where}: stop needs a tokenizer`);
    }
    const prompt = chat?.ids ?? item.prompt;
    const { vocabSize } = session.model.config;
    const ids = encodeFitting({ ...item, prompt }, tokenizer, settings, vocabSize, context, 1);
    checkOptionIds(settings.options, vocabSize, `${item.where}: `, snakeCase);
    const room = newTokensFor(settings.options, ids.length, item.where);
    const ignoreEos = item.options.ignoreEos ?? values.ignoreEos;
    const options = {
      ...settings.options,
      ...(chat && { eosTokenIds: chatEnds(settings.options, tokenizer?.eosTokenId, ignoreEos) }),
      maxNewTokens: Math.min(room, context.tokens - ids.length),
    };
    if (constraint && (options.numBeams ?? 1) > 1) {
      throw new UsageError(`${item.where}: num_beams and a constraint do not go together`);
    }
    this.#noteHost(options);
    // A beam search cannot be stopped from here: it calls `isOver` for the text of every beam.
    const isBeams = (options.numBeams ?? 1) > 1 && options.stop.length > 0;
    const isOver = isBeams ? stopTest(options.stop, tokenizer!, ids) : undefined;
    return Array.from({ length: settings.numReturnSequences }, (_, sequence) => {
      const decoder = decoderOf(ids);
      const continuation = new Continuation({
        item,
        promptIds: ids,
        options,
        stream: decoder && new TextStream(decoder, options.stop),
        message: chat && ((tokens, text) => chat.message(tokens, text, options)),
        slot: this.#output.open(),
        json: this.#json,
        echo: values.echo ? this.#textOf(item.prompt) : "",
        loadMs: session.model.loadMs,
      });
      this.#open.set(this.#requests++, continuation);
      return { ids, options, sequence, isOver, constraint, tellsErrors: true };
    });
  }

  /** Logs once that options make generation slower. */
  #noteHost(options: GenerationOptions): void {
    if (this.#hostNoted || (options.numBeams ?? 1) > 1 || !needsHost(options)) return;
    this.#hostNoted = true;
    this.#call.log.detail("some of the generation options are applied on the host: tokens take longer");
  }

  #textOf(prompt: string | number[]): string {
    return typeof prompt === "string"
      ? prompt
      : this.#parts.tokenizer?.decode(prompt, { skipSpecialTokens: true }) ?? "";
  }

  /** @param begun its partial continuation, if any */
  async #fail(item: PromptItem, error: LlamaError, begun?: Ongoing): Promise<void> {
    const message = error.message.startsWith(item.where) ? error.message : `${item.where}: ${error.message}`;
    this.#failures.push(message);
    const slot = begun?.setup.slot ?? this.#output.open();
    if (item.isBatch || (this.#json && this.#call.values.jsonl)) {
      this.#failedOnStdout = true;
      slot.write(
        item.isBatch
          ? (await import("./batch_answer.ts")).failedBatchLine(item, error)
          : toJson({ index: item.index, id: item.id, error: message }) + "\n",
      );
    } else this.#call.log.error(message);
    if (!this.#json && !item.isBatch && begun && begun.tokens.length > 0) slot.write("\n");
    slot.close();
    await this.#call.out.drain();
  }

  #describe(
    continuation: Ongoing,
    { timings = { promptMs: 0, generateMs: 0 }, reused = 0 }: GenerationEvent,
  ): void {
    const { item, promptIds, options } = continuation.setup;
    const made = continuation.tokens.length;
    const reading = perSecond(promptIds.length - reused, timings.promptMs).toFixed(1);
    const writing = perSecond(made, timings.generateMs).toFixed(1);
    this.#call.log.detail(
      `prompt ${item.index}: seed ${options.seed}; ${promptIds.length} prompt tokens at ${reading} tokens/s; ` +
        `${made} new tokens at ${writing} tokens/s`,
    );
  }
}
