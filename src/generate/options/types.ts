import type { DataError } from "../../base/errors.ts";
import type { LogitsProcessor } from "../processors/types.ts";
import type { RecordStep } from "./step_recorder.ts";
import type { CertainOptions, PossibleOptions, ProcessorFields } from "./table.ts";

/** Options that make processors. */
export type ProcessorOptions = ProcessorFields & {
  /** Whether tokens are drawn: processors of sampling count then alone. */
  readonly doSample?: boolean;
  /** Ids that end a sequence. */
  readonly eosTokenIds?: readonly number[];
  /** Most new tokens; only forcedEosTokenId looks at it. */
  readonly maxNewTokens?: number;
  /** The caller's own, before those of sampling. */
  readonly logitsProcessor?: readonly LogitsProcessor[];
};

/** The options of a sequence: the rows of the table, and what is counted before it begins. */
export type GenerationOptions = CertainOptions & PossibleOptions & {
  maxNewTokens: number;
  /** Most tokens, the prompt's too. */
  maxLength?: number;
  /** How many best alternatives to report for each new token; 0: the token's own; undefined: no logprobs at all. */
  logprobs?: number;
  /** The caller's own processors, before those of sampling. */
  logitsProcessor?: readonly LogitsProcessor[];
  /** Invalid options in a model's files that are used only where tokens are drawn: complaints by name. */
  unfit?: ReadonlyMap<string, string>;
};

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
