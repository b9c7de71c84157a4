import type { Flag, Row } from "../../generate/options/row.ts";
import { ROWS, type TABLE } from "../../generate/options/table.ts";
import type { FlagName } from "../../generate/request/asked.ts";
import type { OptionSpec } from "./option_types.ts";

type Table = typeof TABLE;
type Key = keyof Table;
type FlagKind<Kind> = Kind extends "flagOrWord" ? "flag" : Kind;

/** The generation options that have a flag, as options of the command line. */
export const GENERATION_OPTIONS = Object.fromEntries(
  ROWS.flatMap(([name, row]) => row.flag ? [[row.flag.name ?? name, specOf(row, row.flag)]] : []),
) as { readonly [K in Key as FlagName<K>]: OptionSpec & { readonly kind: FlagKind<Table[K]["kind"]> } };

function specOf(row: Row, { short, value, help, commands = ["run", "chat"], ...flag }: Flag): OptionSpec {
  const isWord = row.kind === "flagOrWord";
  return {
    ...(isWord ? { kind: "flag" } : { ...row, ...row.typed }) as OptionSpec,
    ...{ short, value, help, commands, group: "Generation", default: flag.default ?? defaultOf(row) },
    // A record can set more than a flag: it sets the field itself.
    record: row.places.includes("record") && !isWord || undefined,
  };
}

/** The default as the help shows it: a number other than the "off" value. */
function defaultOf(row: Row): string | undefined {
  const value = row.pipeline ?? row.default ?? row.off;
  return typeof value === "number" ? String(value) : undefined;
}
