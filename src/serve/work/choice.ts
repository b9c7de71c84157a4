import type { GenerationEvent, GenerationOptions } from "../../generate/mod.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import { Answer } from "../../generate/request/answer.ts";
import { StreamDecoder } from "../../tokenizer/mod.ts";
import { TextStream } from "../../tokenizer/text_stream.ts";
import type { CallDelta } from "../tools/call_delta.ts";
import type { CallReader, ReadText } from "../tools/call_reader.ts";
import { MarkDecoder } from "./mark_decoder.ts";
import { ScoredTokens, type TokenScore } from "./scored_tokens.ts";
import type { RequestModel } from "./served_model.ts";
import { hiddenMark } from "./tool_plan.ts";

/** A prompt and the sequences to draw for it. */
export interface Job {
  readonly ids: number[];
  readonly options: GenerationOptions;
  readonly sequences: number;
  readonly cacheSalt?: string;
  readonly constraint?: CompiledConstraint;
  /** Makes the reader of an answer that may have calls of tools. */
  readonly reader?: () => CallReader;
}

/** The reason that an answer ended; one that is cut has "length", whatever is in it. */
export type Finish = "stop" | "length" | "tool_calls";

/** New text of one answer, or its end. */
export interface Piece {
  /** Number of the answer: the first prompt's sequences come first. */
  readonly choice: number;
  readonly text: string;
  /** Log-probabilities of the tokens that the text so far consists of, if they were asked for. */
  readonly scores: readonly TokenScore[];
  /** New parts of calls of tools. */
  readonly calls: readonly CallDelta[];
  readonly finish?: Finish;
  /** With `finish`: the stop string that ended the answer, if one did. */
  readonly stop?: string;
}

/** One answer while it is made. */
export class Choice {
  readonly job: Job;
  /** Number of the answer in its request. */
  readonly number: number;
  readonly #answer: Answer;
  readonly #scores: ScoredTokens | undefined;
  readonly #reader: CallReader | undefined;

  constructor(model: RequestModel, job: Job, number: number) {
    this.job = job;
    this.number = number;
    const { tokenizer } = model;
    const { ids, options } = job;
    const decoder = new StreamDecoder(tokenizer, { prompt: ids });
    this.#reader = job.reader?.();
    const mark = this.#reader && hiddenMark(model);
    this.#answer = new Answer(new TextStream(mark ? new MarkDecoder(decoder, mark) : decoder, options.stop));
    this.#scores = options.logprobs === undefined ? undefined : new ScoredTokens(tokenizer, ids);
  }

  /** Number of the answer's tokens so far. */
  get length(): number {
    return this.#answer.tokens.length;
  }

  /** True once the answer has ended. */
  get isFinished(): boolean {
    return this.#answer.finishReason !== undefined;
  }

  /** True if the answer is whole before its sequence: the rest of it is not needed. */
  get isOver(): boolean {
    return this.#answer.isOver || (this.#reader?.isFull === true && !this.isFinished);
  }

  /** Handles an event; returns the text and the calls that it makes certain. */
  accept(event: GenerationEvent): Piece {
    const answer = this.#answer;
    const before = answer.tokens.length;
    const raw = answer.accept(event);
    this.#scores?.add(answer.logprobs.slice(before), raw);
    const { text, calls } = this.#readCalls(raw);
    const finish = answer.finishReason;
    const stopped = answer.stream?.stopped === true;
    const scores = this.#scores?.take(finish && { stopped, finish }) ?? [];
    return {
      ...{ choice: this.number, text, scores, calls },
      ...(finish && { finish: this.#finishOf(finish), stop: answer.stream?.stop }),
    };
  }

  /** The text and the calls in new text of the answer. */
  #readCalls(raw: string): ReadText {
    if (!this.#reader) return { text: raw, calls: [] };
    const read = this.#reader.push(raw);
    if (!this.isFinished) return read;
    const rest = this.#reader.end();
    return { text: read.text + rest.text, calls: [...read.calls, ...rest.calls] };
  }

  #finishOf(reason: "stop" | "length"): Finish {
    if (!this.#reader || this.#reader.count === 0) return reason;
    return reason === "length" && !this.#reader.isFull ? "length" : "tool_calls";
  }
}
