import { CONSTRAINT_OPTIONS } from "./constraint_options.ts";
import { GENERATION_OPTIONS } from "./generation_options.ts";
import { INPUT_OPTIONS } from "./input_options.ts";
import { MEASURING_OPTIONS } from "./measuring_options.ts";
import { SERVING_OPTIONS } from "./serving_options.ts";
import type { ValueKind } from "../../base/values.ts";
import type { CommandName, OptionSpec } from "./option_types.ts";

const ALL = [
  "run",
  "chat",
  "serve",
  "score",
  "tokenize",
  "detokenize",
  "inspect",
  "quantize",
  "mask",
  "pull",
  "devices",
  "doctor",
  "bench",
  "completions",
] as const;
const WITH_MODEL = [
  "run",
  "chat",
  "serve",
  "score",
  "tokenize",
  "detokenize",
  "inspect",
  "mask",
  "bench",
  "doctor",
] as const;
const ON_DEVICE = ["run", "chat", "serve", "score", "mask", "bench"] as const;
const WITH_PROGRESS = [...ON_DEVICE, "pull", "quantize"] as const;
const WITH_JSON = ["run", "tokenize", "inspect", "mask", "devices", "doctor", "bench"] as const;

/** Every option of every command; parsing, range checks, help and completions read this table. */
export const OPTIONS = {
  model: {
    kind: "path",
    short: "m",
    group: "Model",
    commands: WITH_MODEL,
    value: "MODEL",
    default: "$LLAMA_MODEL, else the built-in model",
    help: "a folder, a .safetensors file beside its config.json, or a hub id (owner/name)",
  },
  revision: {
    kind: "text",
    group: "Model",
    commands: ["pull"],
    value: "R",
    default: "main",
    help: "a branch, a tag or a commit",
  },
  dtype: {
    kind: "choice",
    choices: ["auto", "float32", "float16", "bfloat16"],
    group: "Model",
    commands: [...ON_DEVICE, "doctor"],
    default: "auto: as stored",
    help: "how weights are stored on the device",
  },
  quantize: {
    kind: "choice",
    choices: ["none", "int4"],
    group: "Model",
    commands: ON_DEVICE,
    default: "none: as stored",
    help: "int4: the layers' linear weights in 4 bits, quantized while loading",
  },
  groupSize: {
    kind: "choice",
    choices: ["32", "64", "128", "256"],
    group: "Model",
    commands: [...ON_DEVICE, "quantize"],
    value: "N",
    default: "128",
    help: "columns that share a scale in 4 bits",
  },
  device: {
    kind: "text",
    group: "Model",
    commands: [...ON_DEVICE, "doctor"],
    value: "N|ADDRESS",
    default: "the fastest kind",
    help: "number or PCI address of the card, as `llama devices` prints them",
  },
  kvCache: {
    kind: "choice",
    choices: ["auto", "float32", "float16", "bfloat16", "int8"],
    group: "Model",
    commands: [...ON_DEVICE, "inspect", "doctor"],
    default: "auto: float32 for weights in float32, else float16",
    help: "how keys and values are stored; int8: with a scale for each position and head",
  },
  cache: {
    kind: "choice",
    choices: ["static", "dynamic"],
    group: "Model",
    commands: ON_DEVICE,
    default: "dynamic",
    help: "static: allocate --max-length positions at the start; dynamic: grow as needed",
  },
  maxLength: {
    kind: "integer",
    min: 1,
    group: "Model",
    commands: ["run", "chat", "serve", "score", "inspect"],
    value: "N",
    default: "as much as this call needs",
    help: "size of the KV cache: prompt and new tokens together; at most the model's context",
  },
  batchSize: {
    kind: "integer",
    min: 1,
    max: 65535,
    group: "Model",
    commands: ["run", "inspect"],
    value: "N",
    default: "chosen by memory",
    help: "how many prompts run together",
  },
  task: {
    kind: "choice",
    choices: ["text-generation", "text-classification", "token-classification", "question-answering"],
    group: "Model",
    commands: ["run"],
    value: "TASK",
    default: "text-generation",
    help:
      "the task of the model; the others print JSON: text-classification, token-classification, question-answering",
  },
  ...INPUT_OPTIONS,
  ...GENERATION_OPTIONS,
  ...CONSTRAINT_OPTIONS,
  json: {
    kind: "flag",
    group: "Output",
    commands: WITH_JSON,
    help: "print JSON, one object per result, each on a line",
  },
  echo: {
    kind: "flag",
    group: "Output",
    commands: ["run"],
    help: "print the prompt before its continuation",
  },
  logprobs: {
    kind: "integer",
    min: 0,
    max: 1024,
    group: "Output",
    commands: ["run"],
    record: true,
    value: "K",
    help: "with --json: each token's log-probability and the K best alternatives",
  },
  top: {
    kind: "integer",
    min: 1,
    max: 1024,
    group: "Output",
    commands: ["score"],
    value: "K",
    help: "add the K best tokens at each position",
  },
  logits: {
    kind: "flag",
    group: "Output",
    commands: ["score"],
    help: "add the logits of the whole vocabulary after each token",
  },
  count: {
    kind: "flag",
    group: "Output",
    commands: ["tokenize"],
    help: "print only the number of tokens",
  },
  tensors: {
    kind: "flag",
    group: "Output",
    commands: ["inspect"],
    help: "a line for each tensor instead of one for each kind; --json has all of them",
  },
  png: {
    kind: "path",
    group: "Output",
    commands: ["mask"],
    value: "FILE",
    help: "also write the picture to a PNG file",
  },
  html: {
    kind: "path",
    group: "Output",
    commands: ["mask"],
    value: "FILE",
    help: "also write the picture to an HTML page",
  },
  attention: {
    kind: "text",
    group: "Output",
    commands: ["mask"],
    value: "LAYER[:HEAD]",
    help: "show the model's attention weights, of one head or the mean of a layer's; counted from 0",
  },
  ...MEASURING_OPTIONS,
  ...SERVING_OPTIONS,
  quiet: {
    kind: "flag",
    short: "q",
    group: "General",
    commands: ALL,
    help: "only errors on stderr",
  },
  verbose: {
    kind: "flag",
    short: "v",
    group: "General",
    commands: ALL,
    help: "log the loaded model, the seed and the speed to stderr",
  },
  progress: {
    kind: "choice",
    choices: ["auto", "always", "never"],
    group: "General",
    commands: WITH_PROGRESS,
    default: "auto: on a terminal",
    help: "progress bar while loading or downloading",
  },
  help: {
    kind: "flag",
    short: "h",
    group: "General",
    commands: ALL,
    help: "this text",
  },
  version: {
    kind: "flag",
    short: "V",
    group: "General",
    commands: ALL,
    help: "the program's version",
  },
} as const satisfies Record<string, OptionSpec>;

/** Name of an option in the program's own code. */
export type OptionName = keyof typeof OPTIONS;

type ValueOf<Spec extends ValueKind> = Spec["kind"] extends "flag" ? boolean
  : Spec["kind"] extends "integer" | "number" ? number
  : Spec["kind"] extends "integers" ? number[]
  : Spec["kind"] extends "seed" ? bigint
  : Spec["kind"] extends "texts" ? string[]
  : Spec extends { choices: readonly (infer Choice)[] } ? Choice
  : string;

/** The checked options of one call; the field of an option that is not given is absent. */
export type OptionValues = { -readonly [Name in OptionName]?: ValueOf<(typeof OPTIONS)[Name]> };

/** The table with the general type of its rows instead of their exact contents. */
export const OPTION_LIST = Object.entries(OPTIONS) as [OptionName, OptionSpec][];

/** The options that a command takes, in the table's order. */
export function optionsOf(command: CommandName): [OptionName, OptionSpec][] {
  return OPTION_LIST.filter(([, spec]) => spec.commands.includes(command));
}
