import { thawed } from "./greedy.ts";
import type { Row } from "./row.ts";
import { type FieldName, type GenerationFields, TABLE } from "./table.ts";
import type { GenerationOptions } from "./types.ts";

/**
 * Fields of a GenerationConfig as options of a sequence; null is that of `OFF`, or undefined where an option may be.
 * A temperature of 0 becomes 1, as 0 only says that nothing is drawn.
 */
export function optionsOf(fields: Partial<GenerationFields>): Partial<GenerationOptions> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const { kind, option = name, off }: Row = TABLE[name as FieldName];
    if (option === false || value === undefined) continue;
    const isList = kind === "texts" || kind === "tokenOrTokens";
    options[option] = isList ? (value === null ? [] : [value].flat()) : value ?? off;
  }
  // Some old checkpoints say -1 for none.
  if (options.eosTokenIds) options.eosTokenIds = (options.eosTokenIds as number[]).filter((id) => id >= 0);
  // New tokens win over all tokens.
  if (typeof fields.minNewTokens === "number") options.minLength = undefined;
  return thawed(options);
}
