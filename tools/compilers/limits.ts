/** Limits of the kernels on GPUs, and the rows that are known to exceed one. */
import { type Family, GPUS } from "./drivers.ts";
import { type ColumnName, COLUMNS, type Row } from "./figures.ts";

interface Limit {
  readonly column: ColumnName;
  readonly most?: number;
  readonly least?: number;
  /** GPUs and kernels that it holds for; default: all. */
  readonly families?: readonly Family[];
  readonly gpus?: readonly string[];
  readonly kernels?: RegExp;
  readonly reason: string;
}

export const LIMITS: readonly Limit[] = [
  { column: "spills", most: 0, reason: "a spill is a trip to memory" },
  { column: "scratch", most: 64, reason: "private memory is memory" },
  { column: "registers", most: 128, families: ["RDNA", "NVIDIA"], reason: "more leave too few waves" },
  { column: "waves", least: 8, families: ["RDNA"], reason: "waves hide the latency of memory" },
  { column: "waves", least: 4, families: ["GCN"], reason: "waves hide the latency of memory" },
  { column: "codeBytes", most: 24_000, reason: "the instruction cache holds 32 kB" },
  {
    column: "milliseconds",
    most: 500,
    families: ["RDNA", "GCN", "Intel"],
    reason: "the first start compiles all",
  },
  { column: "milliseconds", most: 1000, families: ["NVIDIA"], reason: "the first start compiles all" },
  {
    column: "waitsPerLoad",
    most: 0.99,
    reason: "a loop that waits for each load runs at the latency of memory",
  },
  { column: "roundTrips", most: 24, kernels: /^\w+ \w+ 1 self_attn$/, reason: "64 keys of decode attention" },
  { column: "vectorPerWeight", most: 2.6, gpus: ["gfx1100"], reason: "int4 at the bandwidth of memory" },
];

/** Rows that exceed a limit, with the reason that the listing shows. */
export interface Exception {
  readonly column: ColumnName;
  readonly kernels: RegExp;
  readonly gpus?: readonly string[];
  readonly reason: string;
}

/** Limits that do not hold: lines for rows that no exception covers, and exceptions that cover none. */
export function judge(
  rows: readonly Row[],
  exceptions: readonly Exception[],
): { readonly problems: string[]; readonly used: Set<Exception> } {
  const used = new Set<Exception>();
  const problems = rows.flatMap((row) =>
    LIMITS.filter((limit) => exceeds(row, limit)).flatMap(({ column, most, least }) => {
      const known = exceptions.find((one) =>
        one.column === column && one.kernels.test(row.kernel) && (one.gpus?.includes(row.gpu) ?? true)
      );
      if (known) used.add(known);
      const bound = most === undefined ? `at least ${least}` : `at most ${most}`;
      const { title } = COLUMNS[column];
      return known ? [] : [`${row.gpu}: ${row.kernel}: ${title} ${row.figures[column]}, expected ${bound}`];
    })
  );
  return { problems, used };
}

function exceeds({ gpu, kernel, figures }: Row, limit: Limit): boolean {
  const value = figures[limit.column];
  if (value === undefined || !(limit.families?.includes(GPUS[gpu].family) ?? true)) return false;
  if (!(limit.gpus?.includes(gpu) ?? true) || !(limit.kernels?.test(kernel) ?? true)) return false;
  return value > (limit.most ?? Infinity) || value < (limit.least ?? -Infinity);
}
