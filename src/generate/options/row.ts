/** Value types of an option; ranges include their bounds, `above` excludes its own. */
export type RowKind =
  | { readonly kind: "flag" }
  | { readonly kind: "integer"; readonly min: number; readonly max?: number }
  | { readonly kind: "number"; readonly min?: number; readonly above?: number; readonly max?: number }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** `true`, `false` or a word. */
  | { readonly kind: "flagOrWord"; readonly word: string }
  | { readonly kind: "seed" }
  /** A text or a list of texts. */
  | { readonly kind: "texts" }
  /** A token id; negative ids in a file mean "none". */
  | { readonly kind: "token"; readonly orNone?: true }
  | { readonly kind: "tokens" }
  /** A token id or a list of them. */
  | { readonly kind: "tokenOrTokens"; readonly orNone?: true }
  /** A list of lists of token ids. */
  | { readonly kind: "runs" }
  /** A list of [token ids, number]. */
  | { readonly kind: "biases" }
  /** An integer and a number. */
  | { readonly kind: "startAndFactor" };

/** Places that accept a row: the command line, a record of `--jsonl`, a file or a call, an HTTP body. */
export type Place = "flag" | "record" | "config" | "body";

/** The flag of a row, if it has one. */
export interface Flag {
  /** `--kebab-case` of this; default: the row's own name. */
  readonly name?: string;
  readonly short?: string;
  /** Placeholder of the value in the help. */
  readonly value?: string;
  /** The default as shown in the help, if it differs from the row's. */
  readonly default?: string;
  readonly help: string;
  /** Default: `run` and `chat`. */
  readonly commands?: readonly ("run" | "chat")[];
}

/** Everything the program knows about one generation option, except its effect. */
export type Row = RowKind & {
  /** GenerationConfig's default; rows without one are not fields of it. */
  readonly default?: unknown;
  /** The default of transformers' text-generation pipeline, if it differs. */
  readonly pipeline?: unknown;
  /** The value that has no effect, used by sequences that do not set the option. */
  readonly off?: unknown;
  /** Narrower bounds for flags and records than for files, and the reason. */
  readonly typed?: { readonly above: number; readonly why: string };
  /** Applies only when sampling. */
  readonly draws?: true;
  /**
   * Where it is implemented: the sampler on the device; a processor on the host, which reads logits back; the
   * loop around both; or nowhere, if it changes no token.
   */
  readonly by: "device" | "host" | "loop" | "nobody";
  /** Name among the options of a sequence, if different; `false`: not among them. */
  readonly option?: string | false;
  readonly places: readonly Place[];
  readonly flag?: Flag;
  /** Treatment in the body of a request, if it has no effect there, and the reason. */
  readonly body?: {
    readonly use: "ignored" | "refused";
    readonly why: string;
    /** Values of a refused row that ask for nothing. */
    readonly harmless?: readonly unknown[];
  };
};

/**
 * The GenerationConfig type of a value of this kind.
 * @internal
 */
export type ValueOf<One> = One extends { kind: "flag" } ? boolean
  : One extends { kind: "integer" | "number" | "token" } ? number
  : One extends { kind: "choice"; choices: readonly (infer Choice)[] } ? Choice
  : One extends { kind: "flagOrWord"; word: infer Word } ? boolean | Word
  : One extends { kind: "seed" } ? bigint
  : One extends { kind: "texts" } ? string | readonly string[]
  : One extends { kind: "tokens" } ? readonly number[]
  : One extends { kind: "tokenOrTokens" } ? number | readonly number[]
  : One extends { kind: "runs" } ? readonly (readonly number[])[]
  : One extends { kind: "biases" } ? readonly (readonly [ids: readonly number[], bias: number])[]
  : One extends { kind: "startAndFactor" } ? readonly [start: number, factor: number]
  : never;

/** Largest position, id and count: 32-bit signed, as on the GPU. */
export const LARGEST = 2 ** 31 - 1;
/** A flag, a record, a file and a body. */
export const EVERYWHERE = ["flag", "record", "config", "body"] as const;
/** Everywhere except the command line. */
export const NO_FLAG = ["record", "config", "body"] as const;
/** Calls and files only. */
export const CONFIG = ["config"] as const;
