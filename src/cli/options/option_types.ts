/** The commands that exist; the order is that of the help. */
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

/** What an option's value may be; ranges include their ends, `above` excludes its own. */
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
  /** What stands for the value in the help. */
  readonly value?: string;
  /** What happens without it, as the help says it. */
  readonly default?: string;
  /** Whether a record of `--jsonl` may set it too. */
  readonly record?: true;
};
