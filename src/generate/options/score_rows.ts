import { EVERYWHERE, LARGEST, NO_FLAG, type Row } from "./row.ts";

/** Options that modify scores before a token is chosen. */
export const SCORE_ROWS = {
  /** Divides positive and multiplies negative scores of tokens already in the prompt or text; 1 is off. */
  repetitionPenalty: {
    kind: "number",
    above: 0,
    default: 1,
    off: 1,
    by: "device",
    places: EVERYWHERE,
    flag: { value: "R", help: "above 1: make tokens already in the prompt or text less likely" },
  },
  /** The inverse, for tokens of the prompt; 1 is off. */
  encoderRepetitionPenalty: { kind: "number", above: 0, default: 1, by: "host", places: NO_FLAG },
  /** No n-gram of this size occurs twice; 0 is off. */
  noRepeatNgramSize: {
    kind: "integer",
    min: 0,
    max: LARGEST,
    default: 0,
    by: "host",
    places: EVERYWHERE,
    flag: { value: "N", help: "never repeat an n-gram of N tokens from the prompt or the text; 0 is off" },
  },
  /** No n-gram of this size from the prompt is repeated; 0 is off. */
  encoderNoRepeatNgramSize: {
    kind: "integer",
    min: 0,
    max: LARGEST,
    default: 0,
    by: "host",
    places: NO_FLAG,
  },
  /** Token id sequences that are never generated. */
  badWordsIds: { kind: "runs", default: null, by: "host", places: NO_FLAG },
  /** Strings that are never generated; their token ids are added to badWordsIds. */
  badWords: {
    kind: "texts",
    by: "host",
    option: false,
    places: ["flag", "record", "body"],
    flag: { value: "TEXT", help: "never generate this text; may be given several times" },
  },
  /** Token ids that are never generated. */
  suppressTokens: { kind: "tokens", default: null, by: "host", places: NO_FLAG },
  /** Token ids that are never generated first. */
  beginSuppressTokens: { kind: "tokens", default: null, by: "host", places: NO_FLAG },
  /** Token id sequences, and the bias added to the score of the last id after the others. */
  sequenceBias: { kind: "biases", default: null, by: "host", places: NO_FLAG },
  /** Replaces non-finite scores with finite ones. */
  removeInvalidValues: { kind: "flag", default: false, by: "host", places: NO_FLAG },
  /** Converts scores to log-probabilities after all processors. */
  renormalizeLogits: { kind: "flag", default: false, by: "device", places: NO_FLAG },
} as const satisfies Record<string, Row>;
