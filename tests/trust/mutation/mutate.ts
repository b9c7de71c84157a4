import { type Deletable, makeTree, type MutableTree } from "./tree.ts";
import { WorkerProcess } from "./process.ts";
import type { Outcome, Request } from "./worker.ts";

/** Maximum number of a validation's cases to try before it counts as surviving. */
const MOST_TRIES = 50;
/**
 * Maximum time of a case with nothing deleted, and minimum timeout with a deletion: beyond it the case hangs.
 */
const MOST_MS = 60_000;
const LEAST_MS = 10_000;
/** Failures that a busy machine can cause. */
const SLOW = /^took \d|^memory grew/;

/** Result of deleting one validation. */
export interface Verdict extends Deletable {
  /** The case that failed without it; undefined if it survived. */
  readonly noticedBy?: string;
  /** The failure of that case. */
  readonly problem?: string;
  /** Number of cases that it refuses. */
  readonly reached: number;
}

/** Options of a run. */
export interface MutationOptions {
  /** Number of parallel processes (default: 2). */
  readonly workers?: number;
  /** Inputs of each fuzz target, for validations that no row reaches or notices. */
  readonly inputs?: number;
  /** Selects the rows to run (default: all). */
  readonly rows?: (what: string, index: number) => boolean;
  /** Selects the validations to delete (default: all). The others get no verdict. */
  readonly validations?: (one: Deletable, reached: readonly string[]) => boolean;
  /** Changes a source before it is made deletable, for tests of this. */
  readonly change?: (file: string, source: string) => string;
  /** Receives progress messages. */
  readonly onProgress?: (line: string) => void;
}

/** A case, its time, and its name. */
interface Known {
  readonly name: string;
  readonly request: Omit<Request, "deleted">;
  readonly milliseconds: number;
  /** True if it is too slow even with nothing deleted: its slowness proves nothing. */
  readonly isSlow: boolean;
}

/**
 * Deletes each validation in turn and runs the cases that it refuses, since no others can notice.
 * @throws Error if a case fails with nothing deleted
 */
export async function mutate(options: MutationOptions = {}): Promise<Verdict[]> {
  const folder = await Deno.makeTempDir({ prefix: "llama-mutate-" });
  const workers = Array.from({ length: options.workers ?? 2 }, () => new WorkerProcess(folder));
  try {
    const tree = await makeTree(folder, options.change);
    return await new Run(tree, workers, options).verdicts();
  } finally {
    for (const worker of workers) await worker[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

class Run {
  constructor(
    readonly tree: MutableTree,
    readonly workers: readonly WorkerProcess[],
    readonly options: MutationOptions,
  ) {}

  async verdicts(): Promise<Verdict[]> {
    const { inputs = 0, rows: isWanted = () => true, validations = () => true, onProgress } = this.options;
    const [{ rows, targets }] = await Promise.all(this.workers.map((worker) => worker.start()));
    const byRows = await this.#baseline(
      [...rows.entries()].filter(([row, what]) => isWanted(what, row))
        .map(([row, name]) => ({ name, request: { row } })),
    );
    const byFuzz = await this.#baseline(
      targets.flatMap((name, target) =>
        Array.from({ length: inputs }, (_, i) => ({
          name: `fuzz ${name}, seed ${i + 1}`,
          request: { target, seed: i + 1 },
        }))
      ),
    );
    const chosen = this.tree.validations.map((one, id) => ({ one, id })).filter(({ one, id }) =>
      one.line > 0 && validations(one, (byRows.get(id) ?? []).map(({ name }) => name))
    );
    return await this.#sideBySide(chosen, async (worker, { one, id }) => {
      const cases = [...byRows.get(id) ?? [], ...(byFuzz.get(id) ?? []).slice(0, MOST_TRIES)];
      const verdict = { ...one, reached: cases.length, ...await this.#notice(worker, cases, id) };
      onProgress?.(`${one.file}:${one.line} ${verdict.noticedBy ?? "SURVIVED"}`);
      return verdict;
    });
  }

  /** The cases that each validation refuses, the fastest first. Every case must pass. */
  async #baseline(cases: readonly Pick<Known, "name" | "request">[]): Promise<Map<number, Known[]>> {
    const refusedBy = new Map<number, Known[]>();
    await this.#sideBySide(cases, async (worker, one) => {
      const request = { ...one.request, deleted: -1 } as Request;
      const { problem, refused, milliseconds } = await patient(worker, request, MOST_MS);
      // The machine may be busy; the row's own test checks its time.
      const isSlow = SLOW.test(problem ?? "");
      if (problem !== undefined && !isSlow) {
        throw new Error(`with nothing deleted, this case fails already: ${one.name}: ${problem}`);
      }
      for (const id of refused) {
        const known = refusedBy.get(id) ?? [];
        known.push({ ...one, milliseconds, isSlow });
        refusedBy.set(id, known);
      }
    });
    for (const known of refusedBy.values()) known.sort((a, b) => a.milliseconds - b.milliseconds);
    return refusedBy;
  }

  async #notice(
    worker: WorkerProcess,
    cases: readonly Known[],
    deleted: number,
  ): Promise<Pick<Verdict, "noticedBy" | "problem">> {
    for (const { name, request, isSlow, milliseconds } of cases.slice(0, MOST_TRIES)) {
      const most = Math.max(LEAST_MS, 10 * milliseconds);
      const { problem } = await patient(worker, { ...request, deleted } as Request, most);
      if (problem === undefined || isSlow && SLOW.test(problem)) continue;
      // State that the deletion left in the process must not affect the next one.
      const again = await worker.run({ ...request, deleted: -1 } as Request, MOST_MS);
      if (again.problem !== undefined && !SLOW.test(again.problem)) await worker[Symbol.asyncDispose]();
      return { noticedBy: name, problem };
    }
    return {};
  }

  /** Gives each item to a free worker; returns results in the items' order. */
  async #sideBySide<T, R>(
    items: readonly T[],
    work: (worker: WorkerProcess, item: T) => Promise<R>,
  ): Promise<R[]> {
    const results: R[] = [];
    let next = 0;
    await Promise.all(this.workers.map(async (worker) => {
      while (next < items.length) {
        const i = next++;
        results[i] = await work(worker, items[i]);
      }
    }));
    return results;
  }
}

/** Runs a case; if it is only too slow or grows too much, repeats it to rule out a busy machine. */
async function patient(worker: WorkerProcess, request: Request, most: number): Promise<Outcome> {
  let outcome = await worker.run(request, most);
  for (let i = 0; i < 2 && SLOW.test(outcome.problem ?? ""); i++) {
    outcome = await worker.run(request, most);
  }
  return outcome;
}
