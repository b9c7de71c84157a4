import { EVERYWHERE, LARGEST, type Row } from "./row.ts";

/** How the next token is chosen from the scores. */
export const SAMPLING_ROWS = {
  /** Samples tokens by their probability; otherwise decodes greedily. */
  doSample: {
    kind: "flag",
    default: false,
    pipeline: true,
    off: false,
    by: "loop",
    places: EVERYWHERE,
    flag: {
      help: "sample: draw each token at random by its probability (a model's default is usually this)",
    },
  },
  /** Greedy decoding: takes the most probable token each time. */
  greedy: {
    kind: "flag",
    by: "loop",
    option: false,
    places: ["flag", "record"],
    flag: { help: "greedy decoding: always take the most probable token" },
  },
  /** Divides the scores before sampling; 0 takes the most probable token. */
  temperature: {
    kind: "number",
    // transformers' processor rejects 0; its pipelines and files use it for greedy decoding.
    min: 0,
    default: 1,
    pipeline: 0.7,
    off: 1,
    draws: true,
    by: "device",
    places: EVERYWHERE,
    flag: {
      value: "T",
      help: "sampling temperature: below 1 sharpens the distribution, above 1 flattens it; 0 is --greedy",
    },
  },
  /** Samples from the K most probable tokens; 0 is off. */
  topK: {
    kind: "integer",
    min: 0,
    max: LARGEST,
    default: 50,
    pipeline: 50,
    off: 0,
    draws: true,
    by: "device",
    places: EVERYWHERE,
    flag: { value: "K", help: "top-k sampling: keep the K most probable tokens; 0 keeps all" },
  },
  /** Nucleus sampling: keeps the smallest set of top tokens whose probabilities sum to P; 1 is off. */
  topP: {
    kind: "number",
    min: 0,
    max: 1,
    typed: {
      above: 0,
      why: "in transformers 0 keeps only the most probable token; 1 turns it off",
    },
    default: 1,
    off: 1,
    draws: true,
    by: "device",
    places: EVERYWHERE,
    flag: {
      value: "P",
      help: "nucleus sampling: keep the smallest set of top tokens whose probabilities sum to P",
    },
  },
  /** Keeps tokens of at least P times the probability of the most probable one; 0 is off. */
  minP: {
    kind: "number",
    min: 0,
    max: 1,
    default: null,
    off: 0,
    draws: true,
    by: "device",
    places: EVERYWHERE,
    flag: {
      value: "P",
      help: "min-p sampling: drop tokens below P times the probability of the most probable one",
    },
  },
  /** Locally typical sampling: keeps the most typical tokens up to cumulative probability P; 1 is off. */
  typicalP: {
    kind: "number",
    above: 0,
    max: 1,
    default: 1,
    draws: true,
    by: "host",
    places: EVERYWHERE,
    flag: {
      value: "P",
      help: "locally typical sampling: keep the most typical tokens up to cumulative probability P",
    },
  },
  /** Epsilon sampling: drops tokens with a probability below the cutoff; 0 is off. */
  epsilonCutoff: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0,
    draws: true,
    by: "host",
    places: EVERYWHERE,
    flag: { value: "E", help: "epsilon sampling: drop tokens whose probability is below E" },
  },
  /** Eta sampling: epsilon sampling with a lower cutoff for flat distributions; 0 is off. */
  etaCutoff: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0,
    draws: true,
    by: "host",
    places: EVERYWHERE,
    flag: {
      value: "E",
      help: "eta sampling: as --epsilon-cutoff, with a lower cutoff for flat distributions",
    },
  },
  /**
   * Seed of the random numbers, 0 to 2^64 - 1. Equal seeds draw equal tokens, whatever else is in the batch.
   */
  seed: {
    kind: "seed",
    off: 0n,
    by: "loop",
    places: ["flag", "record", "body"],
    flag: {
      value: "N",
      default: "random; -v shows it",
      help: "the same seed gives the same text",
    },
  },
} as const satisfies Record<string, Row>;
