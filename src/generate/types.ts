import type { DataError } from "../errors.ts";
import type { ProcessorOptions } from "./processors/types.ts";
import type { RecordStep } from "./step_recorder.ts";

/** The generation options of transformers 4.57 that the session understands; camelCase of the same names. */
export interface GenerationOptions extends ProcessorOptions {
  maxNewTokens: number;
  /** Most tokens, the prompt's too. */
  maxLength?: number;
  minNewTokens: number;
  doSample: boolean;
  /** > 0; 1 leaves the scores alone. */
  temperature: number;
  /** 0 means off. */
  topK: number;
  /** (0, 1]; 1 means off. */
  topP: number;
  /** [0, 1]; 0 means off. */
  minP: number;
  /** > 0; 1 means off. The prompt counts. */
  repetitionPenalty: number;
  /** Ids that end the sequence; empty: none does (`--ignore-eos`). */
  eosTokenIds: readonly number[];
  /** What is wrong with options in a model's files that are used only where tokens are drawn, by their names. */
  unfit?: ReadonlyMap<string, string>;
  /** 0 ≤ seed < 2^64. */
  seed: bigint;
  /** Strings that end the text; needs a tokenizer. */
  stop: readonly string[];
  /** Seconds after which no token is added. */
  maxTime?: number;
  /** How many best alternatives to report for each new token; undefined: no logprobs at all, 0: the token's own. */
  logprobs?: number;
  /** Sequences that a beam search follows; 1 unless told: no such search. */
  numBeams?: number;
  /** A beam's score is divided by its length to this power; 1 unless told. */
  lengthPenalty?: number;
  /** When a beam search ends: see transformers; false unless told. */
  earlyStopping?: boolean | "never";
  /** The sequences of one beam search go to that many requests in a row, best first; 1 unless told. */
  numReturnSequences?: number;
  /** Guesses that many tokens from what the text says already, and checks them in one forward; off unless told. */
  promptLookupNumTokens?: number;
  /** Most last tokens that a guess must match; 2 unless told. */
  maxMatchingNgramSize?: number;
}

/** One prompt to continue. `sequence` distinguishes several returns of one prompt with one seed. */
export interface GenerationRequest {
  ids: number[];
  options: GenerationOptions;
  sequence?: number;
  /** The prompt with its padding, which transformers' processors count; `ids` unless told. */
  row?: readonly number[];
  /** Whether new tokens end a sequence beside the options' own ends; beam search asks it of every candidate. */
  isOver?: (tokens: readonly number[]) => boolean;
  /** Told what each token is chosen from, which the host then does. */
  record?: RecordStep;
  /** What is wrong with its data alone comes with its last event, and the others go on; otherwise it ends all. */
  tellsErrors?: boolean;
}

/** What a session reports, a request at a time or as tokens arrive. */
export interface GenerationEvent {
  /** Index of the request in the order given. */
  index: number;
  /** Token ids new since the last event of this request (EOS included). */
  tokens: number[];
  logprobs?: { token: number; logprob: number; top: [number, number][] }[];
  /** Present on the last event of a request that {@linkcode GenerationRequest.tellsErrors}, where it has failed. */
  error?: DataError;
  /** Present on a request's last event. */
  finishReason?: "stop" | "length";
  /** Set on a request's last event: how many first tokens of the prompt the cache held already. */
  reused?: number;
  /** Set on a request's last event, milliseconds. */
  timings?: { promptMs: number; generateMs: number };
}
