import type { GenerationFields, TABLE } from "../options/table.ts";
import { ROWS } from "../options/table.ts";

type Table = typeof TABLE;
type Key = keyof Table;

/** Name of the flag of a row. */
export type FlagName<K extends Key> = Table[K] extends { flag: { name: infer Name extends string } } ? Name
  : Table[K] extends { flag: object } ? K
  : never;

type AskedValue<Kind> = Kind extends "flag" | "flagOrWord" ? boolean
  : Kind extends "integer" | "number" ? number
  : Kind extends "seed" ? bigint
  : Kind extends "texts" ? string[]
  : never;

/** The generation options of one level (command line, record, request), by the names of their flags. */
export type AskedOptions = { readonly [K in Key as FlagName<K>]?: AskedValue<Table[K]["kind"]> } & {
  /** Adds no special tokens to the prompt. */
  readonly raw?: boolean;
  /** Parses the text of special tokens in the prompt. */
  readonly parseSpecial?: boolean;
  /** Number of best alternatives to report per new token. */
  readonly logprobs?: number;
};

/** A level that may also set fields of GenerationConfig that have no flag. */
export type AskedRecord = AskedOptions & { readonly generation?: Partial<GenerationFields> };

/** Fields of GenerationConfig that a flag of the same name sets, with no conversion. */
export const FIELD_FLAGS: readonly string[] = ROWS.flatMap(([name, row]) =>
  row.flag && !row.flag.name && row.kind !== "flagOrWord" && "default" in row ? [name] : []
);
