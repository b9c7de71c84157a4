/** The gate: limits, and the comparison with bench/COMPILERS.md. */
import { EXCEPTIONS } from "./exceptions.ts";
import { COLUMNS, type Row, worseThan } from "./figures.ts";
import { judge } from "./limits.ts";
import { readTables, tablesOf } from "./table.ts";

const FILE = new URL("../../bench/COMPILERS.md", import.meta.url);
/** Kernels that the short form compiles: those of bfloat16 and of the 7B are alike. */
export const SHORT = ["^8b (float16|int4) "];

/**
 * Prints what does not hold.
 * @param partial true if rows of other kernels are missing: those of the table are kept
 * @returns the exit code
 */
export async function gate(
  rows: readonly Row[],
  { partial, write }: { readonly partial: boolean; readonly write: boolean },
): Promise<number> {
  if (rows.length === 0) return 0;
  const text = await Deno.readTextFile(FILE);
  const last = readTables(text);
  const { problems, used } = judge(rows, EXCEPTIONS);
  const stale = EXCEPTIONS.filter((one) => !used.has(one)).map(({ column, kernels }) =>
    `exceptions.ts: no row needs the exception ${column} ${kernels}`
  );
  if (write) {
    const isReplaced = (old: Row) =>
      rows.some(({ gpu, kernel }) => gpu === old.gpu && (!partial || kernel === old.kernel));
    await writeTables(text, [...last.filter((old) => !isReplaced(old)), ...rows]);
  }
  const worse = write ? [] : worseThan(last, rows);
  // A part of the kernels may not need them all.
  const failures = [...problems, ...worse, ...(partial ? [] : stale)];
  for (const line of failures) console.log(line);
  const gpus = new Set(rows.map(({ gpu }) => gpu));
  console.log(`${rows.length} pipelines on ${[...gpus].join(", ")}: ${failures.length} failures`);
  return failures.length === 0 ? 0 : 1;
}

/** Replaces everything from the first section on. */
async function writeTables(text: string, rows: readonly Row[]): Promise<void> {
  const prose = text.split(/^## /m)[0].trimEnd();
  await Deno.writeTextFile(FILE, `${prose}\n\n${exceptionLines()}\n\n${tablesOf(rows)}\n`);
}

/** The known exceptions by reason. */
function exceptionLines(): string {
  const lines = [...Map.groupBy(EXCEPTIONS, ({ reason }) => reason)].map(([reason, own]) => {
    const columns = own.map(({ column }) => COLUMNS[column].title).join(", ");
    return `- ${columns} of \`${own[0].kernels.source}\` on ${own[0].gpus?.join(", ") ?? "all"}: ${reason}`;
  });
  return ["## Beyond a limit", "", "By the kernel's name, with what the listing shows.", "", ...lines].join(
    "\n",
  );
}
