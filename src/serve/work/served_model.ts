import type { GenerationOptions, Score } from "../../generate/mod.ts";
import type { AskedOptions } from "../../generate/request/asked.ts";
import type { Constrain } from "../../generate/sampling/constrainer.ts";
import type { Scheduler } from "../../generate/engine/scheduler.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import type { Meter } from "./meter.ts";

/** A model as far as ids and options of a request depend on it. */
export interface RequestModel {
  /** Its id for clients. */
  readonly id: string;
  readonly tokenizer: LlamaTokenizerFast;
  /** A chat template instead of the tokenizer's own. */
  readonly template: string | undefined;
  /** Defaults of `llama run` with this model. */
  readonly defaults: GenerationOptions;
  /** Options of the command line: over the defaults, under the request's. */
  readonly flags?: AskedOptions;
  /** Length of answers in a conversation that names none; default: to the end of the context. */
  readonly answerTokens: number | undefined;
  /** Tokens of a request, the answer included. */
  readonly context: number;
  readonly vocabSize: number;
  /** Compiles what an answer is held to, for the model's vocabulary. */
  readonly constrain: Constrain;
}

/** The model that the server serves, and everything its endpoints need. */
export interface ServedModel extends RequestModel {
  /** Other names that a request may use. */
  readonly names: ReadonlySet<string>;
  /** When it was loaded, in seconds since 1970. */
  readonly created: number;
  readonly scheduler: Scheduler;
  /** Milliseconds that a request may take. */
  readonly timeoutMs: number | undefined;
  readonly meter: Meter;
  /** Log-probabilities of a prompt's tokens, as `llama score` computes them. */
  score(ids: readonly number[], options: { top?: number; signal?: AbortSignal }): Promise<Score>;
}
