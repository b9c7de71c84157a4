import { LlamaError, UsageError } from "../errors.ts";
import { defaultsFor, Session } from "../generate/mod.ts";
import type { GenerationOptions, GenerationRequest } from "../generate/types.ts";
import { StreamDecoder, type Tokenizer } from "../tokenizer/mod.ts";
import type { Call } from "./commands.ts";
import { Continuation, perSecond } from "./continuation.ts";
import { mergeSettings } from "./generation.ts";
import { InOrder } from "./in_order.ts";
import { type PromptItem, readPrompts } from "./input.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "./model.ts";
import { toJson } from "./output.ts";
import { checkFits, type Context, encodePrompt, startingWith } from "./prompts.ts";
import { TextStream } from "./text_stream.ts";

/** `llama run`: continues prompts; the text on stdout as it is made, or one JSON object for each. */
export async function run(call: Call): Promise<number> {
  const { values, positionals, io, signal } = call;
  if (values.logprobs !== undefined && !values.json) {
    throw new UsageError("--logprobs needs --json to show them");
  }
  const path = await findModel(call);
  // The load takes longest: it starts first, and an input without any prompt still ends the call at once.
  const loading = loadSession(Session, path, call);
  const parts = Promise.all([loading, findTokenizer(path), defaultsFor(path)]);
  parts.catch(() => {});
  const items = readPrompts(values, positionals, io);
  const first = await items.next();
  const [session, tokenizer, defaults] = await parts;
  try {
    const context = contextOf(session.config.maxPositionEmbeddings, values.maxLength);
    return await new Run(call, session, tokenizer, defaults, context).work(startingWith(first, items));
  } finally {
    if (!signal.aborted) session.dispose();
  }
}

class Run {
  readonly #output: InOrder;
  readonly #json: boolean;
  /** The continuations that are not finished, by the number of their request. */
  readonly #open = new Map<number, Continuation>();
  #requests = 0;
  #records = 0;
  #failed: string[] = [];

  constructor(
    readonly call: Call,
    readonly session: Session,
    readonly tokenizer: Tokenizer | undefined,
    readonly defaults: GenerationOptions,
    readonly context: Context,
  ) {
    this.#output = new InOrder(call.out);
    // Without a tokenizer there is no text to print: ids can only be shown in an object.
    this.#json = call.values.json || !tokenizer;
    if (!tokenizer && call.values.stop) {
      throw new UsageError(
        "--stop needs a tokenizer, and the model has no tokenizer.json or tokenizer.model",
      );
    }
  }

  async work(items: AsyncIterable<PromptItem>): Promise<number> {
    const { out, log, signal, values } = this.call;
    for await (const event of this.session.generate(this.#toRequests(items), { signal })) {
      const continuation = this.#open.get(event.index);
      if (!continuation) continue;
      if (continuation.accept(event)) this.session.cancel(event.index);
      if (continuation.finished) {
        this.#open.delete(event.index);
        this.#describe(continuation, event.timings);
      }
      await out.drain();
    }
    await out.drain();
    if (this.#failed.length === 0) return 0;
    if (values.jsonl && this.#json) {
      log.error(`${this.#failed.length} of ${this.#records} records failed; the first: ${this.#failed[0]}`);
    }
    return 3;
  }

  /** Reads on as the session asks for more; a prompt that cannot be used takes its place in the output at once. */
  async *#toRequests(items: AsyncIterable<PromptItem>): AsyncGenerator<GenerationRequest> {
    for await (const item of items) {
      this.#records += 1;
      try {
        if (item.error) throw item.error;
        yield* this.#prepare(item);
      } catch (error) {
        if (!(error instanceof LlamaError)) throw error;
        await this.#fail(item, error);
      }
    }
  }

  #prepare(item: PromptItem): GenerationRequest[] {
    const { values } = this.call;
    const { tokenizer, context } = this;
    const settings = mergeSettings(this.defaults, values, item.options);
    if (!tokenizer && settings.options.stop.length > 0) {
      throw new UsageError(`${item.where}: stop needs a tokenizer`);
    }
    const ids = encodePrompt(item, tokenizer, settings, this.session.config.vocabSize);
    checkFits(ids, context, item.where, 1);
    const options = {
      ...settings.options,
      maxNewTokens: Math.min(settings.options.maxNewTokens, context.tokens - ids.length),
    };
    const echo = values.echo
      ? typeof item.prompt === "string" ? item.prompt : tokenizer?.decode(ids) ?? ""
      : "";
    return Array.from({ length: settings.numReturnSequences }, (_, sequence) => {
      const stream = tokenizer && new TextStream(new StreamDecoder(tokenizer, ids), options.stop);
      const loadMs = this.session.loadMs;
      const slot = this.#output.open();
      const setup = { item, promptIds: ids, options, stream, slot, json: this.#json, echo, loadMs };
      this.#open.set(this.#requests++, new Continuation(setup));
      return { ids, options, sequence };
    });
  }

  async #fail(item: PromptItem, error: LlamaError): Promise<void> {
    const { values, log, out } = this.call;
    this.#failed.push(error.message);
    if (values.jsonl && this.#json) {
      const slot = this.#output.open();
      slot.write(toJson({ index: item.index, id: item.id, error: error.message }) + "\n");
      slot.close();
      await out.drain();
    } else log.error(error.message);
  }

  #describe(continuation: Continuation, timings: { promptMs: number; generateMs: number } | undefined): void {
    const { item, promptIds, options } = continuation.setup;
    const made = continuation.tokens.length;
    const { promptMs, generateMs } = timings ?? { promptMs: 0, generateMs: 0 };
    this.call.log.detail(
      `prompt ${item.index}: seed ${options.seed}; ${promptIds.length} prompt tokens at ` +
        `${perSecond(promptIds.length, promptMs).toFixed(1)} tokens/s; ${made} new tokens at ` +
        `${perSecond(made, generateMs).toFixed(1)} tokens/s`,
    );
  }
}
