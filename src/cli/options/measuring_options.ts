import type { OptionSpec } from "./option_types.ts";

/** The options of `llama bench`: a part of the table in options.ts. */
export const MEASURING_OPTIONS = {
  promptTokens: {
    kind: "integers",
    min: 0,
    short: "p",
    group: "Measuring",
    commands: ["bench"],
    value: "N,…",
    default: "128,512",
    help: "prompt lengths to measure; 0 for none",
  },
  generateTokens: {
    kind: "integers",
    min: 0,
    short: "n",
    group: "Measuring",
    commands: ["bench"],
    value: "N,…",
    default: "32,128",
    help: "generation lengths to measure; 0 for none",
  },
  repetitions: {
    kind: "integer",
    min: 1,
    max: 10000,
    short: "r",
    group: "Measuring",
    commands: ["bench"],
    value: "N",
    default: "3",
    help: "runs of each test",
  },
  profile: {
    kind: "flag",
    group: "Measuring",
    commands: ["bench"],
    help:
      "time each kernel of the longest prompt's last chunk and of a step after it (needs timestamp-query)",
  },
  tune: {
    kind: "flag",
    group: "Measuring",
    commands: ["bench"],
    help: "first time the variants of each linear map, print them, and save the fastest for later runs",
  },
  compare: {
    kind: "flag",
    group: "Measuring",
    commands: ["bench"],
    help: "compare two files that --json wrote, A.json B.json; needs no device",
  },
} as const satisfies Record<string, OptionSpec>;
