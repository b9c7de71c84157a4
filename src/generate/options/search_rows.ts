import { CONFIG, EVERYWHERE, LARGEST, NO_FLAG, type Row } from "./row.ts";

/** How sequences are searched for, and what a call gives. */
export const SEARCH_ROWS = {
  /** Sequences that a beam search follows; 1 is no such search. */
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
      help: "beam search: follow the N best sequences, and give the best in the end",
    },
  },
  /** Beams are compared by their score over their length to this power. */
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
  },
  /** When a beam search ends. */
  earlyStopping: {
    kind: "flagOrWord",
    word: "never",
    default: false,
    by: "loop",
    places: EVERYWHERE,
    flag: { commands: ["run"], help: "--num-beams: end as soon as N sequences have ended" },
  },
  /** Prompt lookup: guesses that many tokens from the text so far, and checks them in one forward. */
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
        "prompt lookup decoding: guess up to N tokens from the text so far; same text, sooner where it repeats",
    },
  },
  /** Most last tokens that a guess of prompt lookup must match; 2 by default. */
  maxMatchingNgramSize: { kind: "integer", min: 1, max: LARGEST, default: null, by: "loop", places: NO_FLAG },
  /** Sequences for each prompt; they stand together. */
  numReturnSequences: {
    kind: "integer",
    min: 1,
    max: 65535,
    default: 1,
    by: "loop",
    places: EVERYWHERE,
    flag: { value: "N", commands: ["run"], help: "this many continuations of each prompt" },
  },
  /** Classifier-free guidance against negativePromptIds; 1 is off. */
  guidanceScale: { kind: "number", default: null, by: "loop", option: false, places: CONFIG },
  /** Makes `generate` give an object instead of rows alone, with what outputScores and outputLogits ask for. */
  returnDictInGenerate: { kind: "flag", default: false, by: "nobody", option: false, places: CONFIG },
  /** The scores that tokens were chosen from, processed. */
  outputScores: { kind: "flag", default: false, by: "nobody", option: false, places: CONFIG },
  /** The scores as the model gave them. */
  outputLogits: { kind: "flag", default: null, by: "nobody", option: false, places: CONFIG },
} as const satisfies Record<string, Row>;
