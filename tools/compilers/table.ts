/** bench/COMPILERS.md: writes the rows as tables, and reads them back. */
import { GPUS } from "./drivers.ts";
import { COLUMN_NAMES, COLUMNS, type Figures, type Row } from "./figures.ts";

const HEADER = ["kernel", ...COLUMN_NAMES.map((name) => COLUMNS[name].title)];

/** A heading and a table for each GPU, in the order of {@link GPUS}; kernels by name. */
export function tablesOf(rows: readonly Row[]): string {
  const byGpu = Map.groupBy(rows, ({ gpu }) => gpu);
  return Object.keys(GPUS).filter((gpu) => byGpu.has(gpu)).map((gpu) => {
    const own = byGpu.get(gpu)!.toSorted((a, b) => a.kernel < b.kernel ? -1 : 1);
    const lines = own.map((
      { kernel, figures },
    ) => [kernel, ...COLUMN_NAMES.map((name) => `${figures[name] ?? ""}`)]);
    const rule = HEADER.map((_, i) => i === 0 ? "---" : "---:");
    return [`## ${gpu} (${GPUS[gpu].title})`, "", ...[HEADER, rule, ...lines].map(tableLine)].join("\n");
  }).join("\n\n");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/**
 * The rows of a text with such tables; other lines are prose.
 * @throws SyntaxError that names the line if a row has other columns, or no number where one should be
 */
export function readTables(text: string): Row[] {
  const rows: Row[] = [];
  let gpu: string | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const heading = /^## (\S+)/.exec(line)?.[1];
    if (heading !== undefined) gpu = heading in GPUS ? heading : undefined;
    if (gpu === undefined || !line.startsWith("| ")) continue;
    const cells = line.slice(1, -1).split("|").map((cell) => cell.trim());
    if (cells[0] === HEADER[0] || cells[0] === "---") continue;
    if (cells.length !== HEADER.length) {
      throw new SyntaxError(`line ${i + 1}: expected ${HEADER.length} columns, got ${cells.length}`);
    }
    const [kernel, ...values] = cells;
    const figures = Object.fromEntries(
      COLUMN_NAMES.map((name, column) => [name, numberIn(values[column], i)]),
    );
    rows.push({ gpu, kernel, figures: figures as Figures });
  }
  return rows;
}

function numberIn(cell: string, line: number): number | undefined {
  if (cell === "") return undefined;
  if (!/^\d+(\.\d+)?$/.test(cell)) throw new SyntaxError(`line ${line + 1}: expected a number, got ${cell}`);
  return Number(cell);
}
