import type { ValueKind } from "../../base/values.ts";

/** All commands, in the order of the help. */
export type CommandName =
  | "run"
  | "chat"
  | "serve"
  | "score"
  | "tokenize"
  | "detokenize"
  | "inspect"
  | "quantize"
  | "mask"
  | "pull"
  | "devices"
  | "doctor"
  | "bench"
  | "completions";

/** One row of the table. Its key gives `--kebab-case` on the command line and `snake_case` in a record. */
export type OptionSpec = ValueKind & {
  readonly short?: string;
  readonly group: "Model" | "Input" | "Generation" | "Output" | "Measuring" | "Serving" | "General";
  readonly commands: readonly CommandName[];
  readonly help: string;
  /** Placeholder of the value in the help. */
  readonly value?: string;
  /** Behaviour without the option, as the help shows it. */
  readonly default?: string;
  /** True if a record of `--jsonl` may set it too. */
  readonly record?: true;
};
