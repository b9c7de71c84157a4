import { perSecond } from "../../base/clock.ts";
import { writeFilesAtomically } from "../../checkpoint/files/atomic_files.ts";
import { DataError, LlamaError } from "../../base/errors.ts";
import type { GenerationEvent, GenerationOptions } from "../../generate/options/types.ts";
import { type ChatMessage, type LlamaTokenizerFast, StreamDecoder } from "../../tokenizer/mod.ts";
import { chatHelp, parseChatCommand } from "./chat_commands.ts";
import type { ChatLines } from "./chat_lines.ts";
import { readTurn } from "./chat_turn.ts";
import type { Call } from "../shared/call.ts";
import type { Generator } from "../shared/continue_prompts.ts";
import { chatEnds } from "../../generate/request/chat_end.ts";
import { mergeSettings, newTokensFor } from "../../generate/request/settings.ts";
import { toJson } from "../terminal/output.ts";
import type { PromptCacheOption } from "../shared/prompt_cache_option.ts";
import type { Context } from "../../generate/request/encode_prompt.ts";
import { TextStream } from "../../tokenizer/text_stream.ts";

/** Advice shown when the context is full. */
const FULL = "/reset starts again, /save FILE saves the messages";

/** The parts of a conversation. */
export interface ChatParts {
  readonly session: Pick<Generator, "generate">;
  readonly tokenizer: LlamaTokenizerFast;
  /** A template that replaces the tokenizer's own. */
  readonly template: string | undefined;
  readonly defaults: GenerationOptions;
  readonly context: Context;
  /** Keeps the KV cache of the first turn's prompt from one conversation to the next. */
  readonly promptCache?: Pick<PromptCacheOption, "restore" | "save">;
}

/** One conversation: its messages and its turns. */
export class ChatRun {
  readonly #call: Call;
  readonly #parts: ChatParts;
  #system: string | undefined;
  /** The turns so far, without the system message. */
  #messages: ChatMessage[] = [];
  /** Stops the current answer. */
  #answering: AbortController | undefined;
  /** True once an answer has begun: the cache then holds more than a file can restore. */
  #begun = false;
  /** True if Ctrl-C has stopped an answer since the last typed turn. */
  #stopped = false;
  #exitCode = 0;

  constructor(call: Call, parts: ChatParts) {
    this.#call = call;
    this.#parts = parts;
    this.#system = call.values.system;
    // Report invalid flags now, before any turn.
    mergeSettings(parts.defaults, call.values, {}, parts.tokenizer);
  }

  /** Takes turns until the input ends or the user leaves; returns the exit code. */
  async work(lines: ChatLines): Promise<number> {
    const { log, out, interrupts } = this.#call;
    const release = interrupts?.claim(() => this.#interrupt());
    try {
      for (;;) {
        try {
          const turn = await readTurn(lines);
          if (!turn) return this.#exitCode;
          if (turn.kind === "message") {
            if (lines.typed) this.#stopped = false;
            await this.#answer(turn.text, lines.typed);
          } else if (await this.#command(turn.text)) return this.#exitCode;
          await out.drain();
        } catch (error) {
          // An error in one turn does not end the conversation.
          if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
          log.error(error.message);
          if (!lines.typed && error.exitCode === 3) this.#exitCode = 3;
        }
      }
    } finally {
      release?.();
    }
  }

  /** Handles Ctrl-C: stops the current answer, once. */
  #interrupt(): boolean {
    if (!this.#answering || this.#stopped) return false;
    this.#stopped = true;
    this.#answering.abort();
    return true;
  }

  /** Runs a command; returns true if the command ends the conversation. */
  async #command(line: string): Promise<boolean> {
    const { io, log } = this.#call;
    const { name, rest } = parseChatCommand(line);
    if (name === "/help") io.writeError(chatHelp());
    else if (name === "/reset") this.#messages = [];
    else if (name === "/save") await this.#save(rest);
    else if (name === "/system" && rest !== "") this.#system = rest;
    else if (name === "/system") log.error(`the system message: ${this.#system ?? "none"}`);
    return name === "/exit";
  }

  async #save(path: string): Promise<void> {
    const { log } = this.#call;
    const messages = this.#conversation();
    const bytes = new TextEncoder().encode(toJson(messages, 2) + "\n");
    try {
      await writeFilesAtomically([{ path, chunks: () => [bytes] }]);
    } catch (error) {
      if (!(error instanceof LlamaError)) throw error;
      this.#exitCode = error.exitCode;
      return log.error(error.message);
    }
    log.note(`${messages.length} ${messages.length === 1 ? "message is" : "messages are"} in ${path}`);
  }

  #conversation(): ChatMessage[] {
    const system = this.#system === undefined ? [] : [{ role: "system", content: this.#system }];
    return [...system, ...this.#messages];
  }

  /** Answers a message and appends both to the conversation. */
  async #answer(content: string, typed: boolean): Promise<void> {
    const { values, signal, log } = this.#call;
    const { session, tokenizer, context, promptCache } = this.#parts;
    const ids = this.#promptOf(content);
    const options = this.#optionsFor(ids);
    const isFirst = !this.#begun;
    if (isFirst) await promptCache?.restore(ids, ids.length + options.maxNewTokens - 1);
    this.#begun = true;
    const stream = new TextStream(new StreamDecoder(tokenizer, { prompt: ids }), options.stop);
    const printer = new AnswerPrinter(this.#call);
    const stop = new AbortController();
    this.#answering = stop;
    let last: GenerationEvent | undefined;
    let made = 0;
    try {
      const either = { signal: AbortSignal.any([signal, stop.signal]) };
      for await (const event of session.generate(requestOf(ids, options), either)) {
        last = event;
        made += event.tokens.length;
        await printer.print(stream.push(event.tokens));
        if (stream.stopped) break;
      }
    } catch (error) {
      if (!stop.signal.aborted || signal.aborted) throw error;
    } finally {
      this.#answering = undefined;
    }
    await printer.print(stream.flush());
    await printer.end();
    if (isFirst) await promptCache?.save();
    // A turn that is stopped before the first word leaves no trace.
    if (stop.signal.aborted && printer.text.trim() === "") return;
    this.#messages.push({ role: "user", content }, { role: "assistant", content: printer.text });
    if (last?.finishReason === "length" && !stream.stopped) {
      const full = ids.length + made >= context.tokens;
      if (full) log.note(`the answer ends here: ${context.name} holds ${context.tokens} tokens; ${FULL}`);
      else if (typed && values.maxNewTokens === undefined) log.note(`cut after ${made} tokens; -n sets more`);
    }
    if (last?.timings) {
      const { promptMs, generateMs } = last.timings;
      const reading = perSecond(ids.length - (last.reused ?? 0), promptMs).toFixed(1);
      log.detail(
        `turn: seed ${options.seed}; ${ids.length} prompt tokens, ${
          last.reused ?? 0
        } of them kept, the rest at ` +
          `${reading} tokens/s; ${made} new tokens at ${perSecond(made, generateMs).toFixed(1)} tokens/s`,
      );
    }
  }

  /** Ids of the conversation with a new message. @throws DataError if they do not fit the context */
  #promptOf(content: string): number[] {
    const { tokenizer, template, context } = this.#parts;
    const ids = tokenizer.applyChatTemplate([...this.#conversation(), { role: "user", content }], {
      chatTemplate: template,
      addGenerationPrompt: true,
      parseSpecial: this.#call.values.parseSpecial ?? false,
    });
    if (ids.length === 0) throw new DataError("chat template: expected a prompt, got no token");
    if (ids.length < context.tokens) return ids;
    throw new DataError(
      `the conversation with this message has ${ids.length} tokens, ${context.name} holds ${context.tokens}; ${FULL}`,
    );
  }

  #optionsFor(ids: readonly number[]): GenerationOptions {
    const { values } = this.#call;
    const { defaults, tokenizer, context } = this.#parts;
    const { options } = mergeSettings(defaults, values, {}, tokenizer);
    const room = newTokensFor(options, ids.length, "the conversation");
    return {
      ...options,
      eosTokenIds: chatEnds(options, tokenizer.eosTokenId, values.ignoreEos),
      maxNewTokens: Math.min(room, context.tokens - ids.length),
      // One streamed answer, whatever the model's own settings request.
      numBeams: 1,
      numReturnSequences: 1,
      promptLookupNumTokens: undefined,
    };
  }
}

function requestOf(ids: number[], options: GenerationOptions) {
  return (async function* () {
    yield { ids, options };
  })();
}

/** Streams an answer to stdout, without leading whitespace and with a final newline. */
class AnswerPrinter {
  readonly #call: Call;
  /** The whole answer. */
  text = "";
  #shown = "";

  constructor(call: Call) {
    this.#call = call;
  }

  async print(text: string): Promise<void> {
    this.text += text;
    const shown = this.#shown === "" ? text.trimStart() : text;
    if (shown === "") return;
    this.#shown = shown;
    this.#call.out.text(shown);
    await this.#call.out.drain();
  }

  async end(): Promise<void> {
    if (!this.#shown.endsWith("\n")) this.#call.out.text("\n");
    await this.#call.out.drain();
  }
}
