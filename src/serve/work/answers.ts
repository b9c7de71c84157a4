import { now, since } from "../../base/clock.ts";
import type { GenerationEvent, GenerationOptions } from "../../generate/mod.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { Submission } from "../../generate/engine/submission.ts";
import { Answer } from "../../generate/request/answer.ts";
import { StreamDecoder } from "../../tokenizer/mod.ts";
import { TextStream } from "../../tokenizer/text_stream.ts";
import { ScoredTokens, type TokenScore } from "./scored_tokens.ts";
import type { ServedModel } from "./served_model.ts";

/** A prompt and the sequences to draw for it. */
export interface Job {
  readonly ids: number[];
  readonly options: GenerationOptions;
  readonly sequences: number;
  readonly cacheSalt?: string;
  readonly constraint?: CompiledConstraint;
}

/** New text of one answer, or its end. */
export interface Piece {
  /** Number of the answer: the first prompt's sequences come first. */
  readonly choice: number;
  readonly text: string;
  /** Log-probabilities of the tokens that the text so far consists of, if they were asked for. */
  readonly scores: readonly TokenScore[];
  readonly finish?: "stop" | "length";
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
      if (piece.text !== "" || piece.scores.length > 0 || piece.finish) yield piece;
    }
  }

  #accept(choice: Choice, event: GenerationEvent): Piece {
    const { answer, scores, job } = choice;
    const before = answer.tokens.length;
    const text = answer.accept(event);
    this.usage.completionTokens += answer.tokens.length - before;
    scores?.add(answer.logprobs.slice(before), text);
    if (answer.isOver) this.#submission.cancel(event.index);
    const finish = answer.finishReason;
    // The prompt's tokens count once, whatever the number of its sequences.
    if (finish && this.#choices.findIndex((it) => it.job === job) === event.index) {
      this.usage.cachedTokens += event.reused ?? 0;
    }
    const ready = scores?.take(finish && { stopped: answer.stream?.stopped === true, finish }) ?? [];
    return { choice: event.index, text, scores: ready, ...(finish && { finish, stop: answer.stream?.stop }) };
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

function choiceOf({ tokenizer }: ServedModel, job: Job): Choice {
  const { ids, options } = job;
  const stream = new TextStream(new StreamDecoder(tokenizer, { prompt: ids }), options.stop);
  const scores = options.logprobs === undefined ? undefined : new ScoredTokens(tokenizer, ids);
  return { answer: new Answer(stream), scores, job, lastToken: 0 };
}
