import type { OptionSpec } from "./option_types.ts";

const WITH_PROMPT = ["run", "score", "tokenize", "mask"] as const;
const WITH_LINES = ["run", "score", "tokenize", "detokenize", "mask"] as const;

/** The options that select and describe prompts. */
export const INPUT_OPTIONS = {
  prompt: {
    kind: "text",
    short: "p",
    group: "Input",
    commands: WITH_PROMPT,
    value: "TEXT",
    help: "the prompt; text on stdin follows it on a new line",
  },
  file: {
    kind: "path",
    short: "f",
    group: "Input",
    commands: WITH_LINES,
    value: "FILE",
    help: "read this file instead of stdin; - is stdin, also without -f",
  },
  lines: {
    kind: "flag",
    group: "Input",
    commands: WITH_LINES,
    help: "one prompt per line instead of one for the whole input",
  },
  jsonl: {
    kind: "flag",
    group: "Input",
    commands: WITH_PROMPT,
    help:
      'one record per line: {"prompt": "text" or [ids], "id": any, and any option marked *}; run: "messages" and "tools" instead of "prompt", and lines of OpenAI batch files; {"question", "context"} for question answering',
  },
  raw: {
    kind: "flag",
    group: "Input",
    commands: WITH_PROMPT,
    record: true,
    help: "add no special tokens (BOS) to the prompt",
  },
  chat: {
    kind: "flag",
    group: "Input",
    commands: ["run"],
    help: "apply the model's chat template to each text prompt, as one message of the user",
  },
  noChat: {
    kind: "flag",
    group: "Input",
    commands: ["run"],
    help: "continue text prompts as they are (default); records with messages use the template always",
  },
  system: {
    kind: "text",
    group: "Input",
    commands: ["run", "chat"],
    value: "TEXT",
    help: "the system message: the role of the model",
  },
  chatTemplate: {
    kind: "path",
    group: "Input",
    commands: ["run", "chat", "serve"],
    value: "FILE|NAME",
    default: "the model's own",
    help: "a Jinja template that turns messages into a prompt, or the name of one of the model's templates",
  },
  promptCache: {
    kind: "path",
    group: "Input",
    commands: ["run", "chat"],
    value: "FILE",
    help:
      "save the KV cache of the prompt (chat: of the first turn) here; a later prompt with the same prefix reuses it",
  },
  parseSpecial: {
    kind: "flag",
    group: "Input",
    commands: [...WITH_LINES, "chat"],
    record: true,
    help: "parse text such as </s> as the special token (detokenize: print special tokens)",
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
