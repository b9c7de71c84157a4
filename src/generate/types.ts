/** The generation options of transformers 4.57 that the session understands; camelCase of the same names. */
export interface GenerationOptions {
  maxNewTokens: number;
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
  eosTokenIds: number[];
  /** 0 ≤ seed < 2^64. */
  seed: bigint;
  /** Strings that end the text; needs a tokenizer. */
  stop: string[];
  /** How many best alternatives to report for each new token; undefined: no logprobs at all, 0: the token's own. */
  logprobs?: number;
}

/** One prompt to continue. `sequence` distinguishes several returns of one prompt with one seed. */
export interface GenerationRequest {
  ids: number[];
  options: GenerationOptions;
  sequence?: number;
}

/** What a session reports, a request at a time or as tokens arrive. */
export interface GenerationEvent {
  /** Index of the request in the order given. */
  index: number;
  /** Token ids new since the last event of this request (EOS included). */
  tokens: number[];
  logprobs?: { token: number; logprob: number; top: [number, number][] }[];
  /** Present on a request's last event. */
  finishReason?: "stop" | "length";
  /** Set on a request's last event, milliseconds. */
  timings?: { promptMs: number; generateMs: number };
}
