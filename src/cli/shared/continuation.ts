import { perSecond } from "../../base/clock.ts";
import type { GenerationEvent, GenerationOptions } from "../../generate/options/types.ts";
import type { Slot } from "../terminal/in_order.ts";
import type { PromptItem } from "./input.ts";
import { toJson } from "../terminal/output.ts";
import type { TextStream } from "../../tokenizer/text_stream.ts";
import { Answer } from "../../generate/request/answer.ts";

/** A sequence that the session makes, with its place in the output. */
export interface Ongoing {
  readonly setup: OngoingSetup;
  /** The new tokens, up to a stop string. */
  readonly tokens: readonly number[];
  /** True once all of it has been printed, or is printed with another sequence of its prompt. */
  readonly finished: boolean;
  /** Handles an event; returns true if the text is whole, so that the session can stop. */
  accept(event: GenerationEvent): boolean;
  /** Ends the line of an unfinished text; returns false if there is none. */
  breakOff(): boolean;
}

interface OngoingSetup {
  readonly item: PromptItem;
  readonly promptIds: readonly number[];
  readonly options: GenerationOptions;
  readonly slot: Slot;
}

/** Settings that a continuation needs to print itself. */
export interface ContinuationSetup extends OngoingSetup {
  /** Absent if the model has no tokenizer. */
  readonly stream: TextStream | undefined;
  /** The message of a whole answer, if the prompt is a conversation. */
  readonly message?: (tokens: readonly number[], text: string) => Record<string, unknown>;
  /** Print one object at the end instead of streaming text. */
  readonly json: boolean;
  /** Text to print before the continuation; empty without `--echo`. */
  readonly echo: string;
  readonly loadMs: number;
}

/** One continuation in progress: receives the session's events and prints to its slot. */
export class Continuation implements Ongoing {
  readonly setup: ContinuationSetup;
  readonly #answer: Answer;
  #endsLine: boolean;
  #finished = false;

  constructor(setup: ContinuationSetup) {
    this.setup = setup;
    this.#answer = new Answer(setup.stream);
    this.#endsLine = setup.echo.endsWith("\n");
    if (!setup.json) setup.slot.write(setup.echo);
  }

  /** The new tokens, up to a stop string. */
  get tokens(): readonly number[] {
    return this.#answer.tokens;
  }

  /** True once all of it has been printed. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Handles an event; returns true if a stop string has ended the text, so that the session can stop. */
  accept(event: GenerationEvent): boolean {
    this.#print(this.#answer.accept(event));
    if (event.finishReason) this.#finish(event);
    return this.#answer.isOver;
  }

  /** Ends the line of an unfinished text; returns false if there is none. */
  breakOff(): boolean {
    if (this.setup.json || this.#endsLine || this.#answer.text === "" && this.setup.echo === "") return false;
    this.setup.slot.write("\n");
    return true;
  }

  #print(text: string): void {
    if (text !== "") this.#endsLine = text.endsWith("\n");
    if (!this.setup.json) this.setup.slot.write(text);
  }

  #finish(event: GenerationEvent): void {
    const { slot, json } = this.setup;
    if (json) slot.write(toJson(this.#object(event)) + "\n");
    else if (!this.#endsLine) slot.write("\n");
    slot.close();
    this.#finished = true;
  }

  #object(event: GenerationEvent): Record<string, unknown> {
    const { item, promptIds, options, stream, loadMs, message } = this.setup;
    const { promptMs, generateMs } = event.timings ?? { promptMs: 0, generateMs: 0 };
    return {
      index: item.index,
      id: item.id,
      prompt: item.prompt,
      text: stream ? this.#answer.text : null,
      ...(message && { message: message(this.tokens, this.#answer.text) }),
      tokens: this.tokens,
      finish_reason: this.#answer.finishReason,
      seed: options.seed,
      usage: { prompt_tokens: promptIds.length, completion_tokens: this.tokens.length },
      timings: {
        load_ms: loadMs,
        prompt_ms: promptMs,
        generate_ms: generateMs,
        prompt_tokens_per_second: perSecond(promptIds.length - (event.reused ?? 0), promptMs),
        tokens_per_second: perSecond(this.tokens.length, generateMs),
      },
      ...(options.logprobs === undefined ? {} : { logprobs: this.#answer.logprobs }),
    };
  }
}
