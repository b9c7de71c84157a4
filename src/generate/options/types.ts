import type { DataError } from "../../base/errors.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { LogitsProcessor } from "../processors/types.ts";
import type { RecordStep } from "./step_recorder.ts";
import type { CertainOptions, PossibleOptions, ProcessorFields } from "./table.ts";

/** Options that create processors. */
export type ProcessorOptions = ProcessorFields & {
  /** True if tokens are sampled; only then do sampling processors apply. */
  readonly doSample?: boolean;
  /** Ids that end a sequence. */
  readonly eosTokenIds?: readonly number[];
  /** Maximum number of new tokens; read only by forcedEosTokenId. */
  readonly maxNewTokens?: number;
  /** Custom processors, run before those of sampling. */
  readonly logitsProcessor?: readonly LogitsProcessor[];
};

/** The options of a sequence: the rows of the table, and values computed before it begins. */
export type GenerationOptions = CertainOptions & PossibleOptions & {
  maxNewTokens: number;
  /** Maximum number of tokens, including the prompt. */
  maxLength?: number;
  /**
   * Number of best alternatives to report per new token; 0: only the token's own logprob; undefined: no
   * logprobs.
   */
  logprobs?: number;
  /** Custom processors, run before those of sampling. */
  logitsProcessor?: readonly LogitsProcessor[];
  /** Errors by name of invalid options in a model's files that apply only when sampling. */
  unfit?: ReadonlyMap<string, string>;
};

/** One prompt to continue. `sequence` numbers the sequences returned for one prompt and seed. */
export interface GenerationRequest {
  ids: number[];
  options: GenerationOptions;
  sequence?: number;
  /** The prompt with its padding, which transformers' processors count; default: `ids`. */
  row?: readonly number[];
  /**
   * True if new tokens end a sequence for a reason beyond the options; beam search calls it for every
   * candidate.
   */
  isOver?: (tokens: readonly number[]) => boolean;
  /** Receives the scores of each token; moves token selection to the host. */
  record?: RecordStep;
  /**
   * If set, an error in this request's data is reported on its final event; otherwise it aborts the whole
   * batch.
   */
  tellsErrors?: boolean;
  /** The language that the answer is held to. */
  constraint?: CompiledConstraint;
  /** Cached rows of prompts are shared only among requests of the same salt. */
  cacheSalt?: string;
  /** Called when the request takes its slot. */
  onStart?: () => void;
}

/** Event of a session: one per request, or one per group of tokens as they are generated. */
export interface GenerationEvent {
  /** Index of the request in the order given. */
  index: number;
  /** Token ids generated since this request's last event (including EOS). */
  tokens: number[];
  logprobs?: { token: number; logprob: number; top: [number, number][] }[];
  /** Set on the final event of a failed request with {@linkcode GenerationRequest.tellsErrors}. */
  error?: DataError;
  /** Set on a request's final event. */
  finishReason?: "stop" | "length";
  /** Set on a request's final event: length of the prompt prefix that was already cached. */
  reused?: number;
  /** Set on a request's final event, in milliseconds. */
  timings?: { promptMs: number; generateMs: number };
}
