import type { OptionSpec } from "./option_types.ts";

const WITH_PROMPT = ["run", "score", "tokenize", "mask"] as const;
const WITH_LINES = ["run", "score", "tokenize", "detokenize", "mask"] as const;

/** The options that say where prompts come from and what they are. */
export const INPUT_OPTIONS = {
  prompt: {
    kind: "text",
    short: "p",
    group: "Input",
    commands: WITH_PROMPT,
    value: "TEXT",
    help: "the prompt; text on stdin is put after it on a new line",
  },
  file: {
    kind: "path",
    short: "f",
    group: "Input",
    commands: WITH_LINES,
    value: "FILE",
    help: "read this file instead of stdin; -, alone too, is stdin",
  },
  lines: {
    kind: "flag",
    group: "Input",
    commands: WITH_LINES,
    help: "one prompt a line instead of one for all of the input",
  },
  jsonl: {
    kind: "flag",
    group: "Input",
    commands: WITH_PROMPT,
    help:
      'one record a line: {"prompt": "text" or [ids], "id": any, and any option marked *}; {"question", "context"} where those are asked for',
  },
  raw: {
    kind: "flag",
    group: "Input",
    commands: WITH_PROMPT,
    record: true,
    help: "add no special tokens (BOS) to the prompt",
  },
  system: {
    kind: "text",
    group: "Input",
    commands: ["chat"],
    value: "TEXT",
    help: "the system message: what the model is to be",
  },
  chatTemplate: {
    kind: "path",
    group: "Input",
    commands: ["chat"],
    value: "FILE",
    default: "the model's own",
    help: "a Jinja template that turns messages into a prompt",
  },
  promptCache: {
    kind: "path",
    group: "Input",
    commands: ["run", "chat"],
    value: "FILE",
    help:
      "keep what the model made of the prompt (chat: the first turn's) here; the next one that begins alike starts behind it",
  },
  parseSpecial: {
    kind: "flag",
    group: "Input",
    commands: [...WITH_LINES, "chat"],
    record: true,
    help: "text such as </s> means the special token (detokenize: print special tokens)",
  },
  padding: {
    kind: "choice",
    choices: ["left", "right"],
    group: "Input",
    commands: ["mask"],
    value: "SIDE",
    help: "pad several prompts to the longest, as a batch: left, right",
  },
} as const satisfies Record<string, OptionSpec>;
