import { LENGTH_ROWS } from "./length_rows.ts";
import type { Row, ValueOf } from "./row.ts";
import { SAMPLING_ROWS } from "./sampling_rows.ts";
import { SCORE_ROWS } from "./score_rows.ts";
import { SEARCH_ROWS } from "./search_rows.ts";

/**
 * Every generation option, with the names, meanings and ranges of transformers' GenerationConfig 4.57. Types,
 * defaults, checks, flags, record fields and their help are derived from it; a new option is a row, an effect
 * and a test.
 */
export const TABLE = { ...LENGTH_ROWS, ...SAMPLING_ROWS, ...SCORE_ROWS, ...SEARCH_ROWS } as const;

/** @internal */
export type Table = typeof TABLE;
type Key = keyof Table;

/** The rows by name. */
export const ROWS = Object.entries(TABLE) as readonly (readonly [name: Key, row: Row])[];

/**
 * Names of GenerationConfig's fields.
 * @internal
 */
export type FieldName = { [K in Key]: Table[K] extends { default: unknown } ? K : never }[Key];

/** The fields of transformers' GenerationConfig 4.57 in camelCase; `null` is Python's None. */
export type GenerationFields = { -readonly [K in FieldName]: ValueOf<Table[K]> | null };

/** The default of each field. */
export const GENERATION_DEFAULTS = Object.fromEntries(
  ROWS.flatMap(([name, row]) => "default" in row ? [[name, row.default]] : []),
) as Readonly<GenerationFields>;

/**
 * The defaults of transformers' text-generation pipeline, used if neither a call nor the model's files set a
 * value.
 */
export const PIPELINE_DEFAULTS = Object.fromEntries(
  ROWS.flatMap(([name, row]) => row.pipeline === undefined ? [] : [[name, row.pipeline]]),
) as {
  readonly [K in Key as Table[K] extends { pipeline: unknown } ? K : never]: NonNullable<ValueOf<Table[K]>>;
};

/** Value types of a sequence's options: a single string or token becomes a list. */
type OptionValue<One> = One extends { kind: "texts" } ? readonly string[]
  : One extends { kind: "tokenOrTokens" } ? readonly number[]
  : ValueOf<One>;

type OptionName<K extends Key> = Table[K] extends { option: infer Name } ? Extract<Name, string> : K;
type Has<K extends Key, Part> = Table[K] extends Part ? OptionName<K> : never;

/** Options that every sequence has. */
export type CertainOptions = { [K in Key as Has<K, { off: unknown }>]: OptionValue<Table[K]> };

/** Options that a sequence may have. */
export type PossibleOptions = { [K in Key as Has<K, { default: unknown }>]?: OptionValue<Table[K]> };

/** Options that create processors, on the device or on the host. */
export type ProcessorFields = {
  readonly [K in Key as Has<K, { by: "device" | "host" }>]?: OptionValue<Table[K]>;
};

/** A sequence's options with no effect: greedy decoding, and no end. */
export const OFF = Object.fromEntries(
  ROWS.flatMap(([name, row]) => row.off === undefined ? [] : [[row.option || name, row.off]]),
) as CertainOptions;

/** The sequence options that the device's sampler implements, all off. */
export const DEVICE_OFF = Object.fromEntries(
  ROWS.flatMap(([name, row]) => row.by === "device" ? [[name, row.off ?? row.default]] : []),
) as Partial<CertainOptions>;

/** True for an option that applies only when sampling. */
export function onlyDraws(name: string): boolean {
  return (TABLE as Readonly<Record<string, Row>>)[name]?.draws ?? false;
}
