/** Helpers for tests of the scheduler. */
import { assert } from "@std/assert";
import { Engine } from "../../src/generate/engine/engine.ts";
import { Scheduler, type SubmitOptions } from "../../src/generate/engine/scheduler.ts";
import type { GenerationEvent, GenerationRequest } from "../../src/generate/options/types.ts";
import type { LoadedModel } from "../../src/model/weights/load.ts";
import type { Made } from "./generate.ts";

/** Options of a scheduler (default: two slots of 256 positions, a queue of 8). */
export interface ServingOptions {
  readonly model: LoadedModel;
  readonly batchSize?: number;
  readonly maxLength?: number;
  readonly queue?: number;
  readonly cacheRam?: number;
}

/** Runs a function with a scheduler, and ends both afterwards. */
export async function withScheduler<T>(
  { model, batchSize = 2, maxLength = 256, queue = 8, cacheRam }: ServingOptions,
  run: (scheduler: Scheduler) => Promise<T>,
): Promise<T> {
  const engine = new Engine(model, { batchSize, maxLength, serving: { cacheRam } });
  await engine.reserve();
  const scheduler = new Scheduler(engine, { queue });
  try {
    return await run(scheduler);
  } finally {
    await scheduler.dispose();
    engine.dispose();
  }
}

/** Result of a request. */
export type Answer = Omit<Made, "events"> & { reused: number };

/** Submits requests and reads all events; the answers are in their order. */
export async function answers(
  scheduler: Scheduler,
  requests: readonly GenerationRequest[],
  options?: SubmitOptions,
  onEvent: (event: GenerationEvent) => void = () => {},
): Promise<Answer[]> {
  const made = requests.map((): Answer => ({ tokens: [], logprobs: [], reused: 0 }));
  for await (const event of scheduler.submit(requests, options)) {
    const one = made[event.index];
    one.tokens.push(...event.tokens);
    one.logprobs.push(...event.logprobs ?? []);
    one.finishReason = event.finishReason;
    one.reused = event.reused ?? 0;
    onEvent(event);
  }
  return made;
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    assert(i < 5000, "it takes too long");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Waits until the scheduler has nothing to do, not even re-runs of finished answers. */
export async function untilIdle({ engine }: Scheduler): Promise<void> {
  const rows = () => engine.decoder!.promptRows;
  for (let quiet = 0, before = -1; quiet < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    quiet = rows() === before ? quiet + 1 : 0;
    before = rows();
  }
}
