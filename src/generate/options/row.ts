/** What the value of an option may be; ranges include their ends, `above` excludes its own. */
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
  /** A token id; a file's negative ones stand for none. */
  | { readonly kind: "token"; readonly orNone?: true }
  | { readonly kind: "tokens" }
  /** A token id or a list of them. */
  | { readonly kind: "tokenOrTokens"; readonly orNone?: true }
  /** A list of lists of token ids. */
  | { readonly kind: "runs" }
  /** A list of [token ids, number]. */
  | { readonly kind: "biases" }
  /** A whole number and a number. */
  | { readonly kind: "startAndFactor" };

/** Where a row may be given: on the command line, in a record of `--jsonl`, in a file or a call, in an HTTP body. */
export type Place = "flag" | "record" | "config" | "body";

/** The flag of a row, where it has one. */
export interface Flag {
  /** `--kebab-case` of this; the row's own name by default. */
  readonly name?: string;
  readonly short?: string;
  /** Stands for the value in the help. */
  readonly value?: string;
  /** The default as the help says it, where the row's own does not tell. */
  readonly default?: string;
  readonly help: string;
  /** `run` and `chat` by default. */
  readonly commands?: readonly ("run" | "chat")[];
}

/** One generation option: all that the program knows of it, but its effect. */
export type Row = RowKind & {
  /** GenerationConfig's default; rows without one are no field of it. */
  readonly default?: unknown;
  /** The default of transformers' text-generation pipeline, where it has its own. */
  readonly pipeline?: unknown;
  /** The value that asks for nothing, which a sequence that says nothing has. */
  readonly off?: unknown;
  /** Bounds of flags and records that are narrower than those of files, and why. */
  readonly typed?: { readonly above: number; readonly why: string };
  /** Counts only where tokens are drawn. */
  readonly draws?: true;
  /**
   * Who does it: the sampler on the device; a processor on the host, which reads logits back; the loop around both; or
   * nobody, where it changes no token.
   */
  readonly by: "device" | "host" | "loop" | "nobody";
  /** Name among the options of a sequence, where it is another; `false`: it is none of them. */
  readonly option?: string | false;
  readonly places: readonly Place[];
  readonly flag?: Flag;
};

/**
 * The type of a value of this kind, as GenerationConfig has it.
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

/** Most positions, ids and counts: 32-bit signed integers, as the GPU has them. */
export const LARGEST = 2 ** 31 - 1;
/** A flag, a record, a file and a body. */
export const EVERYWHERE = ["flag", "record", "config", "body"] as const;
/** All but the command line. */
export const NO_FLAG = ["record", "config", "body"] as const;
/** Calls and files alone. */
export const CONFIG = ["config"] as const;
