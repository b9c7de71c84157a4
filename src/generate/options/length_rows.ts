import { EVERYWHERE, LARGEST, NO_FLAG, type Row } from "./row.ts";

/** When a sequence ends. */
export const LENGTH_ROWS = {
  /** Maximum number of new tokens; takes precedence over maxLength. */
  maxNewTokens: {
    kind: "integer",
    min: 1,
    max: LARGEST,
    default: null,
    pipeline: 256,
    by: "loop",
    option: false,
    places: EVERYWHERE,
    flag: { short: "n", value: "N", help: "stop after this many new tokens" },
  },
  /** Number of new tokens before which a sequence cannot end; wins over minLength. */
  minNewTokens: {
    kind: "integer",
    min: 0,
    max: LARGEST,
    default: null,
    off: 0,
    by: "device",
    places: EVERYWHERE,
    flag: { value: "N", help: "no end of sequence before this many new tokens" },
  },
  /** Maximum number of tokens, including the prompt and its padding; 20 means 20 new ones. */
  maxLength: {
    kind: "integer",
    min: 1,
    max: LARGEST,
    default: 20,
    by: "loop",
    option: false,
    // --max-length is the size of the cache.
    places: NO_FLAG,
  },
  /** Number of tokens, the prompt and its padding included, before which a sequence cannot end. */
  minLength: { kind: "integer", min: 0, max: LARGEST, default: 0, by: "device", places: NO_FLAG },
  /** Seconds after which generation stops. */
  maxTime: { kind: "number", min: 0, default: null, by: "loop", places: NO_FLAG },
  /** Strings that end a sequence; they need a tokenizer. */
  stopStrings: {
    kind: "texts",
    default: null,
    off: [],
    by: "loop",
    option: "stop",
    places: EVERYWHERE,
    flag: { name: "stop", value: "TEXT", help: "end before this text; may be given several times" },
  },
  /** Tokens that end a sequence. */
  eosTokenId: {
    kind: "tokenOrTokens",
    orNone: true,
    default: null,
    off: [],
    by: "loop",
    option: "eosTokenIds",
    places: NO_FLAG,
  },
  /** Continues after a token that ends a sequence. */
  ignoreEos: {
    kind: "flag",
    by: "loop",
    option: false,
    places: ["flag", "record", "body"],
    flag: { help: "continue after an end-of-sequence token" },
  },
  /** Pads rows that end early; default: the first eosTokenId. */
  padTokenId: { kind: "token", orNone: true, default: null, by: "nobody", option: false, places: NO_FLAG },
  /** Accepted; the tokenizer defines how a prompt begins. */
  bosTokenId: {
    kind: "tokenOrTokens",
    orNone: true,
    default: null,
    by: "nobody",
    option: false,
    places: NO_FLAG,
  },
  /** Token forced after a prompt of a single token. */
  forcedBosTokenId: { kind: "token", default: null, by: "host", places: NO_FLAG },
  /** Token forced last if the length limit ends the sequence. */
  forcedEosTokenId: {
    kind: "tokenOrTokens",
    default: null,
    by: "host",
    option: "forcedEosTokenId",
    places: NO_FLAG,
  },
  /** After that many new tokens, the scores of end tokens grow by a growing power of the factor. */
  exponentialDecayLengthPenalty: { kind: "startAndFactor", default: null, by: "host", places: NO_FLAG },
  /** Accepted; a cache is always used. */
  useCache: { kind: "flag", default: true, by: "nobody", option: false, places: NO_FLAG },
  /** Cache type; both give the same tokens. */
  cacheImplementation: {
    kind: "choice",
    choices: ["static", "dynamic"],
    default: null,
    by: "nobody",
    option: false,
    places: NO_FLAG,
  },
} as const satisfies Record<string, Row>;
