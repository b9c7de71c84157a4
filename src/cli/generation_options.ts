import type { OptionSpec } from "./option_types.ts";

/** What all of these have in common: they are `run`'s and `chat`'s, and a record may set them too. */
const COMMON = { group: "Generation", commands: ["run", "chat"], record: true } as const;

/** The generation options, with the names, meanings and ranges of transformers' GenerationConfig 4.57. */
export const GENERATION_OPTIONS = {
  maxNewTokens: {
    ...COMMON,
    kind: "integer",
    min: 1,
    short: "n",
    value: "N",
    default: "256",
    help: "stop after this many new tokens",
  },
  minNewTokens: {
    ...COMMON,
    kind: "integer",
    min: 0,
    value: "N",
    default: "0",
    help: "no end of sequence before this many new tokens",
  },
  doSample: {
    ...COMMON,
    kind: "flag",
    help: "draw each token at random by its probability (what a model without other defaults does)",
  },
  greedy: {
    ...COMMON,
    kind: "flag",
    help: "always take the most probable token",
  },
  temperature: {
    ...COMMON,
    kind: "number",
    min: 0,
    value: "T",
    default: "0.7",
    help: "divide the scores by this before drawing; 0 means --greedy",
  },
  topK: {
    ...COMMON,
    kind: "integer",
    min: 0,
    value: "K",
    default: "50",
    help: "draw from the K best tokens only; 0 means from all",
  },
  topP: {
    ...COMMON,
    kind: "number",
    above: 0,
    max: 1,
    value: "P",
    default: "1",
    help: "draw from the fewest best tokens whose probabilities reach P together",
  },
  minP: {
    ...COMMON,
    kind: "number",
    min: 0,
    max: 1,
    value: "P",
    default: "0",
    help: "drop tokens below P times the best one's probability",
  },
  repetitionPenalty: {
    ...COMMON,
    kind: "number",
    above: 0,
    value: "R",
    default: "1",
    help: "above 1: tokens that the prompt or the text holds already become less likely",
  },
  numReturnSequences: {
    ...COMMON,
    commands: ["run"],
    kind: "integer",
    min: 1,
    max: 65535,
    value: "N",
    default: "1",
    help: "this many continuations of each prompt",
  },
  seed: {
    ...COMMON,
    kind: "seed",
    value: "N",
    default: "a new one each time; -v and --json show it",
    help: "the same seed gives the same text",
  },
  stop: {
    ...COMMON,
    kind: "texts",
    value: "TEXT",
    help: "end before this text; may be given several times",
  },
  ignoreEos: {
    ...COMMON,
    kind: "flag",
    help: "go on after an end-of-sequence token",
  },
} as const satisfies Record<string, OptionSpec>;
