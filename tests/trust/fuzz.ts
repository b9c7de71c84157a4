import { LlamaError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";

/** A parser and a generator of its inputs. */
export interface FuzzTarget {
  readonly name: string;
  /** An input that is valid, nearly valid, or unrelated. */
  make(random: Random): Uint8Array;
  /** Reads it as the program does, and uses the result. */
  read(input: Uint8Array): unknown;
}

/** Result of some inputs. */
export interface FuzzReport {
  accepted: number;
  refused: number;
  slowestMs: number;
  /** Largest growth of memory in one input, beyond four times its size. */
  mostBytes: number;
}

/**
 * The oracle: an input is accepted, or refused with a one-line error of ours; quickly, and with little
 * memory.
 */
const MOST_INPUT_MS = 2000;
const MOST_EXTRA_BYTES = 64 * 2 ** 20;

/**
 * Feeds inputs to a target until there were `count` or `done` returns true.
 * @throws Error that tells how to reproduce the input
 */
export async function fuzz(
  target: FuzzTarget,
  { seed, count, done = () => false }: { seed: number; count: number; done?: () => boolean },
): Promise<FuzzReport> {
  const report: FuzzReport = { accepted: 0, refused: 0, slowestMs: 0, mostBytes: 0 };
  for (let i = 0; i < count && !done(); i++) {
    const input = target.make(new Random(seed + i));
    const before = memory();
    const start = performance.now();
    const problem = await judge(target, input, report);
    let took = performance.now() - start;
    // A busy machine is slow now and then; a slow parser always is.
    for (let again = 0; again < 2 && took > MOST_INPUT_MS; again++) {
      took = Math.min(took, await timeOf(target, input));
    }
    const grown = memory() - before - 4 * input.length;
    report.slowestMs = Math.max(report.slowestMs, took);
    report.mostBytes = Math.max(report.mostBytes, grown);
    const what = problem ??
      (took > MOST_INPUT_MS
        ? `took ${took.toFixed(0)} ms`
        : grown > MOST_EXTRA_BYTES
        ? `took ${grown} bytes more than four times the input`
        : undefined);
    if (what === undefined) continue;
    const shown = new TextDecoder().decode(input.subarray(0, 400));
    throw new Error(
      `fuzz ${target.name}, seed ${seed + i}: ${what}; ${input.length} bytes: ${JSON.stringify(shown)}`,
    );
  }
  return report;
}

/** Describes a wrong answer; undefined if it is right. */
async function judge(target: FuzzTarget, input: Uint8Array, report: FuzzReport): Promise<string | undefined> {
  try {
    await target.read(input);
    report.accepted++;
  } catch (error) {
    if (!(error instanceof LlamaError)) {
      return error instanceof Error ? error.stack ?? error.message : String(error);
    }
    report.refused++;
    if (error.message.includes("\n")) return `a message of several lines: ${error.message}`;
    if (error.message.length > 1000) return `a message of ${error.message.length} characters`;
  }
}

async function timeOf(target: FuzzTarget, input: Uint8Array): Promise<number> {
  const start = performance.now();
  try {
    await target.read(input);
  } catch {
    // Judged already.
  }
  return performance.now() - start;
}

function memory(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
