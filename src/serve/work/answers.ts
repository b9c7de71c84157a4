import { now, since } from "../../base/clock.ts";
import type { GenerationEvent, GenerationOptions } from "../../generate/mod.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { Submission } from "../../generate/engine/submission.ts";
import { Answer } from "../../generate/request/answer.ts";
import { StreamDecoder } from "../../tokenizer/mod.ts";
import { TextStream } from "../../tokenizer/text_stream.ts";
import type { CallDelta } from "../tools/call_delta.ts";
import type { CallReader, ReadText } from "../tools/call_reader.ts";
import { MarkDecoder } from "./mark_decoder.ts";
import { ScoredTokens, type TokenScore } from "./scored_tokens.ts";
import type { ServedModel } from "./served_model.ts";
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

/** Numbers of tokens of one request. */
export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** One answer while it is made. */
interface Choice {
  readonly answer: Answer;
  readonly scores: ScoredTokens | undefined;
  readonly reader: CallReader | undefined;
  readonly job: Job;
  lastToken: number;
}

/** The answers to one request: submitted at once, then read as a stream of pieces. */
export class Answers {
  readonly usage: Usage;
  readonly #model: ServedModel;
  readonly #choices: readonly Choice[];
  readonly #submission: Submission;
  readonly #start = now();

  /** Submits the jobs. @throws refusals of the scheduler */
  constructor(model: ServedModel, jobs: readonly Job[], signal: AbortSignal) {
    this.#model = model;
    this.#choices = jobs.flatMap((job) => Array.from({ length: job.sequences }, () => choiceOf(model, job)));
    this.usage = {
      promptTokens: jobs.reduce((sum, { ids }) => sum + ids.length, 0),
      cachedTokens: 0,
      completionTokens: 0,
    };
    const requests = jobs.flatMap(({ ids, options, sequences, cacheSalt, constraint }) =>
      Array.from({ length: sequences }, (_, sequence) => ({
        ...{ ids, options, sequence, constraint, tellsErrors: true },
        ...(cacheSalt !== undefined && { cacheSalt }),
      }))
    );
    this.#submission = model.scheduler.submit(requests, { signal, timeoutMs: model.timeoutMs });
  }

  /** Pieces of all answers as they arrive. @throws what the scheduler throws while the sequences run */
  async *pieces(): AsyncGenerator<Piece> {
    for await (const event of this.#submission) {
      const choice = this.#choices[event.index];
      if (choice.answer.finishReason) continue;
      if (event.error) throw event.error;
      this.#measure(choice, event);
      const piece = this.#accept(choice, event);
      const isEmpty = piece.text === "" && piece.scores.length + piece.calls.length === 0;
      if (!isEmpty || piece.finish) yield piece;
    }
  }

  #accept(choice: Choice, event: GenerationEvent): Piece {
    const { answer, scores, reader, job } = choice;
    const before = answer.tokens.length;
    const raw = answer.accept(event);
    this.usage.completionTokens += answer.tokens.length - before;
    scores?.add(answer.logprobs.slice(before), raw);
    const { text, calls } = readCalls(choice, raw);
    if (answer.isOver || (reader?.isFull && !answer.finishReason)) this.#submission.cancel(event.index);
    const finish = answer.finishReason;
    // The prompt's tokens count once, whatever the number of its sequences.
    if (finish && this.#choices.findIndex((it) => it.job === job) === event.index) {
      this.usage.cachedTokens += event.reused ?? 0;
    }
    const ready = scores?.take(finish && { stopped: answer.stream?.stopped === true, finish }) ?? [];
    return {
      ...{ choice: event.index, text, scores: ready, calls },
      ...(finish && { finish: finishOf(choice, finish), stop: answer.stream?.stop }),
    };
  }

  #measure(choice: Choice, { tokens }: GenerationEvent): void {
    if (tokens.length === 0) return;
    const { meter } = this.#model;
    if (choice.lastToken === 0) meter.firstToken.observe(since(this.#start));
    else {
      const each = since(choice.lastToken) / tokens.length;
      for (let i = 0; i < tokens.length; i++) meter.nextToken.observe(each);
    }
    choice.lastToken = now();
  }
}

/** The text and the calls in new text of an answer. */
function readCalls({ answer, reader }: Choice, raw: string): ReadText {
  if (!reader) return { text: raw, calls: [] };
  const read = reader.push(raw);
  if (!answer.finishReason) return read;
  const rest = reader.end();
  return { text: read.text + rest.text, calls: [...read.calls, ...rest.calls] };
}

function finishOf({ reader }: Choice, reason: "stop" | "length"): Finish {
  if (!reader || reader.count === 0) return reason;
  return reason === "length" && !reader.isFull ? "length" : "tool_calls";
}

function choiceOf(model: ServedModel, job: Job): Choice {
  const { tokenizer } = model;
  const { ids, options } = job;
  const decoder = new StreamDecoder(tokenizer, { prompt: ids });
  const reader = job.reader?.();
  const mark = reader && hiddenMark(model);
  const stream = new TextStream(mark ? new MarkDecoder(decoder, mark) : decoder, options.stop);
  const scores = options.logprobs === undefined ? undefined : new ScoredTokens(tokenizer, ids);
  return { answer: new Answer(stream), scores, reader, job, lastToken: 0 };
}
