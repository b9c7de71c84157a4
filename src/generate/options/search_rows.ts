import { CONFIG, EVERYWHERE, LARGEST, NO_FLAG, type Row } from "./row.ts";

/** Search methods, and the outputs of a call. */
export const SEARCH_ROWS = {
  /** Number of beams; 1 disables beam search. */
  numBeams: {
    kind: "integer",
    min: 1,
    // The beams of a prompt share one batch.
    max: 1024,
    default: 1,
    by: "loop",
    places: EVERYWHERE,
    flag: {
      value: "N",
      commands: ["run"],
      help: "beam search: follow the N best sequences and return the best",
    },
    body: { use: "refused", why: "the server decodes token by token, without beams", harmless: [1] },
  },
  /** Exponent of the length by which a beam's score is divided. */
  lengthPenalty: {
    kind: "number",
    default: 1,
    by: "loop",
    places: EVERYWHERE,
    flag: {
      value: "X",
      commands: ["run"],
      help: "--num-beams: above 0 favours long sequences, below 0 short ones",
    },
    body: { use: "ignored", why: "it changes beam search only" },
  },
  /** When a beam search ends. */
  earlyStopping: {
    kind: "flagOrWord",
    word: "never",
    default: false,
    by: "loop",
    places: EVERYWHERE,
    flag: { commands: ["run"], help: "--num-beams: end as soon as N sequences have ended" },
    body: { use: "ignored", why: "it changes beam search only" },
  },
  /** Prompt lookup: guesses this many tokens from the text so far, and verifies them in one forward. */
  promptLookupNumTokens: {
    kind: "integer",
    min: 1,
    max: 1024,
    default: null,
    by: "loop",
    places: EVERYWHERE,
    flag: {
      name: "promptLookup",
      value: "N",
      commands: ["run"],
      help:
        "prompt lookup decoding: guess up to N tokens from the text so far; same text, faster if it repeats",
    },
    body: { use: "ignored", why: "the text is the same without it" },
  },
  /** Longest n-gram that prompt lookup matches; default: 2. */
  maxMatchingNgramSize: {
    kind: "integer",
    min: 1,
    max: LARGEST,
    default: null,
    by: "loop",
    places: NO_FLAG,
    body: { use: "ignored", why: "the text is the same without it" },
  },
  /** Number of sequences per prompt; they are adjacent. */
  numReturnSequences: {
    kind: "integer",
    min: 1,
    max: 65535,
    default: 1,
    by: "loop",
    places: EVERYWHERE,
    flag: { value: "N", commands: ["run"], help: "number of continuations per prompt" },
  },
  /** Classifier-free guidance against negativePromptIds; 1 is off. */
  guidanceScale: { kind: "number", default: null, by: "loop", option: false, places: CONFIG },
  /**
   * Makes `generate` return an object instead of rows, with the outputs selected by outputScores and
   * outputLogits.
   */
  returnDictInGenerate: { kind: "flag", default: false, by: "nobody", option: false, places: CONFIG },
  /** The processed scores that tokens were chosen from. */
  outputScores: { kind: "flag", default: false, by: "nobody", option: false, places: CONFIG },
  /** The unprocessed logits of the model. */
  outputLogits: { kind: "flag", default: null, by: "nobody", option: false, places: CONFIG },
} as const satisfies Record<string, Row>;
