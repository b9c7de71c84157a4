import { thawed } from "./greedy.ts";
import type { Row } from "./row.ts";
import { type FieldName, type GenerationFields, TABLE } from "./table.ts";
import type { GenerationOptions } from "./types.ts";

/**
 * Converts GenerationConfig fields to sequence options; null becomes the value of `OFF`, or undefined for
 * optional ones. A temperature of 0 becomes 1, as 0 only selects greedy decoding.
 */
export function optionsOf(fields: Partial<GenerationFields>): Partial<GenerationOptions> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const { kind, option = name, off }: Row = TABLE[name as FieldName];
    if (option === false || value === undefined) continue;
    const isList = kind === "texts" || kind === "tokenOrTokens";
    options[option] = isList ? (value === null ? [] : [value].flat()) : value ?? off;
  }
  // Some old checkpoints use -1 for "none".
  if (options.eosTokenIds) options.eosTokenIds = (options.eosTokenIds as number[]).filter((id) => id >= 0);
  // minNewTokens wins over minLength.
  if (typeof fields.minNewTokens === "number") options.minLength = undefined;
  return thawed(options);
}
