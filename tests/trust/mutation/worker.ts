/**
 * Runs cases of the corpus in a tree of `makeTree`, one for each line of stdin, and answers each with a line.
 * The switch is imported first: the sources use it.
 */
import { deletion } from "./deletion.ts";
import { LineStream } from "./line_stream.ts";
import { CORPUS } from "../corpus.ts";
import { withTargets } from "../fuzz_targets.ts";
import { fuzz } from "../fuzz.ts";

/** A job: a case by number, or one input of a fuzz target, with a validation deleted. */
export type Request =
  | { readonly row: number; readonly deleted: number }
  | { readonly target: number; readonly seed: number; readonly deleted: number };

/** Result of a case. */
export interface Outcome {
  /** The wrong answer; undefined if it is right. */
  readonly problem?: string;
  /** Numbers of the validations that have refused something. */
  readonly refused: readonly number[];
  readonly milliseconds: number;
}

async function outcomeOf(work: () => Promise<unknown>, deleted: number): Promise<Outcome> {
  deletion.begin(deleted);
  const start = performance.now();
  let problem: string | undefined;
  try {
    await work();
  } catch (error) {
    problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
  }
  return { problem, refused: deletion.refused, milliseconds: performance.now() - start };
}

if (import.meta.main) {
  const say = (value: unknown) => Deno.stdout.write(new TextEncoder().encode(JSON.stringify(value) + "\n"));
  // An unhandled rejection must not end the process; the result of the case that caused it is already known.
  globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
  await withTargets(async (targets) => {
    await say({ rows: CORPUS.map(({ what }) => what), targets: targets.map(({ name }) => name) });
    const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new LineStream());
    for await (const line of lines) {
      const request: Request = JSON.parse(line);
      const work = "row" in request
        ? () => CORPUS[request.row].check()
        : () => fuzz(targets[request.target], { seed: request.seed, count: 1 });
      await say(await outcomeOf(work, request.deleted));
    }
  });
}
