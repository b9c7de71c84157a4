import type { GenerationEvent, GenerationRequest } from "../../generate/mod.ts";
import { Choice, type Job, type Piece } from "./choice.ts";
import type { RequestModel } from "./served_model.ts";

/** Numbers of tokens of one request. */
export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

/** All answers of one request while they are made: those of the first job come first. */
export class Choices {
  readonly usage: Usage;
  readonly #choices: readonly Choice[];

  constructor(model: RequestModel, jobs: readonly Job[]) {
    const owners = jobs.flatMap((job) => Array<Job>(job.sequences).fill(job));
    this.#choices = owners.map((job, number) => new Choice(model, job, number));
    this.usage = {
      promptTokens: jobs.reduce((sum, { ids }) => sum + ids.length, 0),
      cachedTokens: 0,
      completionTokens: 0,
    };
  }

  /** An answer by its number. */
  at(number: number): Choice {
    return this.#choices[number];
  }

  /** True once all answers have ended. */
  get areFinished(): boolean {
    return this.#choices.every((choice) => choice.isFinished);
  }

  /** Handles an event of one answer, and counts its tokens. */
  accept(number: number, event: GenerationEvent): Piece {
    const choice = this.#choices[number];
    const before = choice.length;
    const piece = choice.accept(event);
    this.usage.completionTokens += choice.length - before;
    // The prompt's tokens count once, whatever the number of its sequences.
    const isFirst = this.#choices.findIndex(({ job }) => job === choice.job) === number;
    if (piece.finish && isFirst) this.usage.cachedTokens += event.reused ?? 0;
    return piece;
  }
}

/** The sequences of jobs as the engine takes them. */
export function requestsOf(jobs: readonly Job[]): GenerationRequest[] {
  return jobs.flatMap(({ ids, options, sequences, cacheSalt, constraint }) =>
    Array.from({ length: sequences }, (_, sequence) => ({
      ...{ ids, options, sequence, constraint, tellsErrors: true },
      ...(cacheSalt !== undefined && { cacheSalt }),
    }))
  );
}
