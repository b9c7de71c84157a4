/** All commands, in the order of the help. */
export type CommandName =
  | "run"
  | "chat"
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

/** The possible values of an option; ranges include their ends, `above` excludes its own. */
export type ValueKind =
  | { readonly kind: "flag" }
  | { readonly kind: "integer"; readonly min: number; readonly max?: number }
  | { readonly kind: "integers"; readonly min: number; readonly max?: number }
  | { readonly kind: "number"; readonly min?: number; readonly above?: number; readonly max?: number }
  | { readonly kind: "seed" }
  | { readonly kind: "text" }
  | { readonly kind: "path" }
  | { readonly kind: "texts" }
  | { readonly kind: "choice"; readonly choices: readonly string[] };

/** One row of the table. Its key gives `--kebab-case` on the command line and `snake_case` in a record. */
export type OptionSpec = ValueKind & {
  readonly short?: string;
  readonly group: "Model" | "Input" | "Generation" | "Output" | "Measuring" | "General";
  readonly commands: readonly CommandName[];
  readonly help: string;
  /** Placeholder of the value in the help. */
  readonly value?: string;
  /** Behaviour without the option, as the help shows it. */
  readonly default?: string;
  /** True if a record of `--jsonl` may set it too. */
  readonly record?: true;
};
