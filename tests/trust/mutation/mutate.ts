import { type Deletable, makeTree, type MutableTree } from "./tree.ts";
import { WorkerProcess } from "./process.ts";
import type { Outcome, Request } from "./worker.ts";

/** How many of the cases that a validation refuses are tried before it is said to survive. */
const MOST_TRIES = 50;
/** Longest that a case may take with nothing deleted, and least that it may with something: then it hangs. */
const MOST_MS = 60_000;
const LEAST_MS = 10_000;
/** What a busy machine can be blamed for. */
const SLOW = /^took \d|^memory grew/;

/** What came of deleting one validation. */
export interface Verdict extends Deletable {
  /** The case that failed without it; undefined: it survived. */
  readonly noticedBy?: string;
  /** What that case said. */
  readonly problem?: string;
  /** How many cases it refuses. */
  readonly reached: number;
}

/** How a run is made. */
export interface MutationOptions {
  /** Processes that work side by side; 2 unless told. */
  readonly workers?: number;
  /** Inputs of each fuzz target, for validations that no row reaches or notices. */
  readonly inputs?: number;
  /** Which rows run; all unless told. */
  readonly rows?: (what: string, index: number) => boolean;
  /** Which validations are deleted; all unless told. Those that are left out get no verdict. */
  readonly validations?: (one: Deletable, reached: readonly string[]) => boolean;
  /** What to do to a source before it is made deletable, for tests of this. */
  readonly change?: (file: string, source: string) => string;
  /** Told what happens. */
  readonly onProgress?: (line: string) => void;
}

/** A case, how long it takes, and what it is called. */
interface Known {
  readonly name: string;
  readonly request: Omit<Request, "deleted">;
  readonly milliseconds: number;
  /** It takes too long with nothing deleted already: that it does says nothing. */
  readonly isSlow: boolean;
}

/**
 * Deletes each validation in turn and runs the cases that it refuses, which are the only ones that can notice.
 * @throws Error where a case fails with nothing deleted
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

  /** The cases that each validation refuses, the quickest first. Every case must pass. */
  async #baseline(cases: readonly Pick<Known, "name" | "request">[]): Promise<Map<number, Known[]>> {
    const refusedBy = new Map<number, Known[]>();
    await this.#sideBySide(cases, async (worker, one) => {
      const request = { ...one.request, deleted: -1 } as Request;
      const { problem, refused, milliseconds } = await patient(worker, request, MOST_MS);
      // On a busy machine; how long a row may take, its own test judges.
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
      // What the deletion left behind in the process must not be taken for the next one's.
      const again = await worker.run({ ...request, deleted: -1 } as Request, MOST_MS);
      if (again.problem !== undefined && !SLOW.test(again.problem)) await worker[Symbol.asyncDispose]();
      return { noticedBy: name, problem };
    }
    return {};
  }

  /** Gives each item to whichever worker is free; results in the items' order. */
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

/** Runs a case; one that only takes too long or grows too much does so every time, or the machine was busy. */
async function patient(worker: WorkerProcess, request: Request, most: number): Promise<Outcome> {
  let outcome = await worker.run(request, most);
  for (let i = 0; i < 2 && SLOW.test(outcome.problem ?? ""); i++) {
    outcome = await worker.run(request, most);
  }
  return outcome;
}
