import { now, since } from "../../base/clock.ts";
import type { GenerationEvent } from "../../generate/mod.ts";
import type { Submission } from "../../generate/engine/submission.ts";
import { Choices, requestsOf, type Usage } from "./choices.ts";
import type { Job, Piece } from "./choice.ts";
import type { ServedModel } from "./served_model.ts";

/** The answers to one request: submitted at once, then read as a stream of pieces. */
export class Answers {
  readonly #model: ServedModel;
  readonly #choices: Choices;
  /** When each answer's last tokens came; 0 before the first. */
  readonly #lastTokens: number[];
  readonly #submission: Submission;
  readonly #start = now();

  /** Submits the jobs. @throws refusals of the scheduler */
  constructor(model: ServedModel, jobs: readonly Job[], signal: AbortSignal) {
    this.#model = model;
    this.#choices = new Choices(model, jobs);
    const requests = requestsOf(jobs);
    this.#lastTokens = requests.map(() => 0);
    this.#submission = model.scheduler.submit(requests, { signal, timeoutMs: model.timeoutMs });
  }

  /** Numbers of tokens so far. */
  get usage(): Usage {
    return this.#choices.usage;
  }

  /** Pieces of all answers as they arrive. @throws what the scheduler throws while the sequences run */
  async *pieces(): AsyncGenerator<Piece> {
    for await (const event of this.#submission) {
      const choice = this.#choices.at(event.index);
      if (choice.isFinished) continue;
      if (event.error) throw event.error;
      this.#measure(event);
      const piece = this.#choices.accept(event.index, event);
      if (choice.isOver) this.#submission.cancel(event.index);
      const isEmpty = piece.text === "" && piece.scores.length + piece.calls.length === 0;
      if (!isEmpty || piece.finish) yield piece;
    }
  }

  #measure({ index, tokens }: GenerationEvent): void {
    if (tokens.length === 0) return;
    const { meter } = this.#model;
    const last = this.#lastTokens[index];
    if (last === 0) meter.firstToken.observe(since(this.#start));
    else {
      const each = since(last) / tokens.length;
      for (let i = 0; i < tokens.length; i++) meter.nextToken.observe(each);
    }
    this.#lastTokens[index] = now();
  }
}
