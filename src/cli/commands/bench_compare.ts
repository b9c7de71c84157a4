import { readSmallFile } from "../../checkpoint/files/files.ts";
import { isJsonObject, type JsonObject, type JsonValue, kindOf, parseJson } from "../../base/json.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";

/** Maximum size of a file. */
const MOST_BYTES = 16 * 2 ** 20;

/** The compared fields of `llama bench --json`. */
interface Bench {
  /** Model, storage and device, for display. */
  readonly title: string;
  /** Tokens per second by test: the median and each run's. */
  readonly tests: ReadonlyMap<string, { readonly median: number; readonly runs: readonly number[] }>;
  /** Milliseconds by phase and kernel. */
  readonly kernels: ReadonlyMap<string, number>;
}

/** One test or kernel that both files have. */
interface Ratio {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  /** Speed of B divided by that of A, from medians. */
  readonly ratio: number;
  /** `ratio` for B's worst run and A's best (`least`), and vice versa (`most`); tests only. */
  readonly least?: number;
  readonly most?: number;
}

/**
 * `llama bench --compare A.json B.json`: the speed of B relative to A, in each test and kernel that both
 * have.
 * @throws UsageError unless there are two files, DataError if one is broken or they have nothing in common,
 *   EnvironmentError if one is missing
 */
export async function compareBenches({ positionals, values, out }: Call): Promise<number> {
  if (positionals.length !== 2) {
    throw new UsageError(`--compare: expected two files of llama bench --json, got ${positionals.length}`);
  }
  const [a, b] = [await readBench(positionals[0]), await readBench(positionals[1])];
  const tests = shared(a.tests, b.tests).map(([name, one, other]): Ratio => ({
    name,
    a: one.median,
    b: other.median,
    ratio: other.median / one.median,
    least: Math.min(...other.runs) / Math.max(...one.runs),
    most: Math.max(...other.runs) / Math.min(...one.runs),
  }));
  const kernels = shared(a.kernels, b.kernels).map(([name, one, other]): Ratio => ({
    name,
    a: one,
    b: other,
    ratio: one / other,
  }));
  if (tests.length + kernels.length === 0) {
    throw new DataError(`${positionals.join(", ")}: expected a test that both have, got none`);
  }
  if (values.json) {
    out.json({ a: positionals[0], b: positionals[1], tests, kernels });
    return 0;
  }
  out.line(`A: ${positionals[0]}: ${a.title}`);
  out.line(`B: ${positionals[1]}: ${b.title}`);
  for (const line of [...table("tokens/s", tests), ...table("ms", kernels)]) out.line(line);
  return 0;
}

function table(unit: string, ratios: readonly Ratio[]): string[] {
  if (ratios.length === 0) return [];
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(26) : cell.padStart(12)).join("").trimEnd();
  const digits = unit === "ms" ? 3 : 1;
  return [
    "",
    row([unit, "A", "B", "B is faster", ...(ratios[0].least === undefined ? [] : ["least", "most"])]),
    ...ratios.map(({ name, a, b, ...ratio }) =>
      row([
        name,
        a.toFixed(digits),
        b.toFixed(digits),
        ...[ratio.ratio, ratio.least, ratio.most].map((one) =>
          one === undefined ? "" : `${one.toFixed(3)} ×`
        ),
      ])
    ),
  ];
}

function shared<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): [string, T, T][] {
  return [...a].flatMap(([name, one]) => b.has(name) ? [[name, one, b.get(name)!]] : []);
}

async function readBench(path: string): Promise<Bench> {
  const report = parseJson(await readSmallFile(path, MOST_BYTES), path);
  if (!isJsonObject(report)) throw wrong(path, "", "the object of llama bench --json", report);
  const tests = list(path, "tests", report.tests).map((test, i) => {
    const where = `tests[${i}]`;
    const runs = list(path, `${where}.runs`, test.runs, (one, at) => positive(path, at, one));
    if (runs.length === 0) throw new DataError(`${path}: ${where}.runs: expected at least one run, got none`);
    const median = positive(path, `${where}.tokens_per_second`, test.tokens_per_second);
    return [text(path, `${where}.name`, test.name), { median, runs }] as const;
  });
  const profile = report.profile === undefined ? [] : list(path, "profile", report.profile);
  const kernels = profile.map((kernel, i) => {
    const name = ["phase", "kernel"].map((key) => text(path, `profile[${i}].${key}`, kernel[key])).join(" ");
    return [name, positive(path, `profile[${i}].ms`, kernel.ms)] as const;
  });
  const title = ["model", "dtype", "quantization", "device"].map((key) => text(path, key, report[key])).join(
    ", ",
  );
  return { title, tests: new Map(tests), kernels: new Map(kernels) };
}

function list(path: string, field: string, value: JsonValue | undefined): JsonObject[];
function list<T>(
  path: string,
  field: string,
  value: JsonValue | undefined,
  read: (one: JsonValue, field: string) => T,
): T[];
function list(
  path: string,
  field: string,
  value: JsonValue | undefined,
  read: (one: JsonValue, field: string) => unknown = (one, at) => {
    if (!isJsonObject(one)) throw wrong(path, at, "an object", one);
    return one;
  },
): unknown[] {
  if (!Array.isArray(value)) throw wrong(path, field, "a list", value);
  return value.map((one, i) => read(one, `${field}[${i}]`));
}

function text(path: string, field: string, value: JsonValue | undefined): string {
  if (typeof value !== "string") throw wrong(path, field, "a text", value);
  return value;
}

function positive(path: string, field: string, value: JsonValue | undefined): number {
  if (typeof value === "number" && value > 0) return value;
  throw wrong(path, field, "a number above 0", value);
}

function wrong(path: string, field: string, expected: string, value: JsonValue | undefined): DataError {
  return new DataError(`${path}: ${field && `${field}: `}expected ${expected}, got ${kindOf(value)}`);
}
