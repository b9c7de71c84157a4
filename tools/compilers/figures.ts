/** Figures of a compiled kernel: a row of bench/COMPILERS.md. */
import type { Family } from "./drivers.ts";
import { type Loop, readListing } from "./listing.ts";
import type { Compiled } from "./run.ts";

/** A column of the table. */
interface Column {
  readonly title: string;
  /** Digits after the point. */
  readonly digits?: number;
  /** The direction that is worse, and the share by which a figure may move there; without it nothing is compared. */
  readonly worse?: "more" | "less";
  readonly slack?: number;
}

/** Columns by the name that limits use. */
export const COLUMNS = {
  registers: { title: "registers", worse: "more", slack: 0.1 },
  waves: { title: "waves", worse: "less", slack: 0.1 },
  spills: { title: "spills", worse: "more" },
  scratch: { title: "scratch", worse: "more" },
  shared: { title: "shared", worse: "more", slack: 0.1 },
  instructions: { title: "instructions", worse: "more", slack: 0.1 },
  codeBytes: { title: "code", worse: "more", slack: 0.1 },
  waitsPerLoad: { title: "waits/load", digits: 2, worse: "more", slack: 0.1 },
  roundTrips: { title: "trips", worse: "more", slack: 0.1 },
  vectorPerWeight: { title: "vector/weight", digits: 2, worse: "more", slack: 0.02 },
  milliseconds: { title: "ms" },
} as const satisfies Readonly<Record<string, Column>>;

export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

/** Numbers by column; undefined where the driver does not report them. */
export type Figures = Readonly<Partial<Record<ColumnName, number>>>;

/** A kernel on a GPU. */
export interface Row {
  readonly gpu: string;
  readonly kernel: string;
  readonly figures: Figures;
}

/** 4-bit codes in the 16 bytes that a lane loads at once. */
const CODES = 32;

/** The figures, rounded as the table prints them. */
export function figuresOf(family: Family, compiled: Compiled): Figures {
  const { name, milliseconds, statistics, listing } = compiled;
  const figures: Partial<Record<ColumnName, number>> = {
    ...statistics,
    milliseconds: Math.ceil(milliseconds),
  };
  if (family === "RDNA" || family === "GCN") {
    const { registers, loops, roundTrips } = readListing(listing);
    const hot = loops.filter(({ stores }) => stores === 0 || !isLinear(name));
    const waits = hot.map(({ fullWaits, loads }) => fullWaits / loads);
    Object.assign(figures, {
      registers,
      roundTrips,
      waitsPerLoad: waits.length > 0 ? Math.max(...waits) : undefined,
      vectorPerWeight: / int4 1 .*_proj$/.test(` ${name}`) ? perWeight(hot, compiled.rows) : undefined,
    });
  }
  return Object.fromEntries(COLUMN_NAMES.map((column) => [column, rounded(column, figures[column])]));
}

/** Instructions of the largest loop for each of its weights; a product each, and less than one more for scales. */
function perWeight(loops: readonly Loop[], rows: number): number | undefined {
  const loop = loops.toSorted((a, b) => a.vector - b.vector).at(-1);
  const unit = rows * CODES;
  return loop && unit > 0 ? loop.vector / (Math.max(1, Math.floor(loop.products / unit)) * unit) : undefined;
}

/** A linear map stores its results in a loop that runs once for each token, and loads residuals there. */
function isLinear(kernel: string): boolean {
  return /(_proj|lm_head)$/.test(kernel);
}

function rounded(column: ColumnName, value: number | undefined): number | undefined {
  const { digits = 0 }: Column = COLUMNS[column];
  return value === undefined ? undefined : Number(value.toFixed(digits));
}

/** A line for each figure that is worse than the last one of that kernel on that GPU. */
export function worseThan(last: readonly Row[], now: readonly Row[]): string[] {
  const known = new Map(last.map((row) => [`${row.gpu}: ${row.kernel}`, row.figures]));
  return now.flatMap(({ gpu, kernel, figures }) =>
    COLUMN_NAMES.flatMap((column) => {
      const { worse, slack = 0, title }: Column = COLUMNS[column];
      const before = known.get(`${gpu}: ${kernel}`)?.[column];
      const value = figures[column];
      if (worse === undefined || before === undefined || value === undefined) return [];
      const isWorse = worse === "more" ? value > before * (1 + slack) : value < before * (1 - slack);
      return isWorse ? [`${gpu}: ${kernel}: ${title} ${value}, was ${before}`] : [];
    })
  );
}
