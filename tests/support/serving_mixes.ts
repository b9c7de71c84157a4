/** Random mixes of requests on one scheduler: each answer must equal that of the request alone. */
import { assert, assertEquals } from "@std/assert";
import type { GenerationOptions, GenerationRequest } from "../../src/generate/options/types.ts";
import type { Scheduler } from "../../src/generate/engine/scheduler.ts";
import type { LoadedModel } from "../../src/model/weights/load.ts";
import { collect, request, runEngine } from "./generate.ts";
import { type Answer, answers, until, withScheduler } from "./serving.ts";
import { Random } from "../../src/base/random.ts";

/** Requests of one mix. */
const TOGETHER = 16;
/** Positions of a slot. */
const LENGTH = 192;

/** A request, and the number of tokens after which it is cancelled. */
interface Job {
  readonly request: GenerationRequest;
  readonly cancelAt: number;
}

/** A request with random options; its prompt may begin like one before, or go on from its answer. */
function randomJob(random: Random, vocabulary: number, earlier: number[][]): Job {
  const before = random.once(2) && earlier.length > 0 ? random.of(earlier) : [];
  const ids = [
    ...before.slice(0, random.below(before.length + 1)),
    ...Array.from({ length: 1 + random.below(random.once(4) ? 80 : 12) }, () => random.below(vocabulary)),
  ].slice(0, 120);
  const options: Partial<GenerationOptions> = {
    maxNewTokens: 1 + random.below(random.once(4) ? 50 : 10),
    ...(!random.once(3) &&
      { doSample: true, temperature: 0.5 + random.below(30) / 10, seed: BigInt(random.below(1000)) }),
    ...(random.once(3) && { topK: 1 + random.below(30) }),
    ...(random.once(3) && { topP: 0.5 + random.below(50) / 100 }),
    ...(random.once(4) && { repetitionPenalty: 1.3 }),
    ...(random.once(4) &&
      { eosTokenIds: [random.below(vocabulary), random.below(vocabulary)], minNewTokens: random.below(5) }),
    ...(random.once(8) && { logprobs: 2 }),
    // Chosen on the host.
    ...(random.once(8) && { noRepeatNgramSize: 2 }),
  };
  return {
    request: { ...request(ids, options, random.below(3)), cacheSalt: random.once(5) ? "other" : undefined },
    cancelAt: random.once(4) ? random.below(12) : Infinity,
  };
}

/** Submits a job, and cancels it when its time has come. */
async function run(scheduler: Scheduler, { request, cancelAt }: Job): Promise<Answer> {
  const submission = scheduler.submit([request]);
  if (cancelAt === 0) submission.cancel(0);
  const answer: Answer = { tokens: [], logprobs: [], reused: 0 };
  for await (const { tokens, logprobs = [], finishReason } of submission) {
    answer.tokens.push(...tokens);
    answer.logprobs.push(...logprobs);
    answer.finishReason = finishReason;
    if (answer.tokens.length >= cancelAt) submission.cancel(0);
  }
  return answer;
}

/**
 * Runs mixes of sixteen requests that come at random moments, some cancelled. The engine that runs them alone is that of
 * `llama run`.
 * @param onMix called after each mix
 */
export async function runMixes(
  model: LoadedModel,
  { count, seed, batchSize = 7 }: { count: number; seed: number; batchSize?: number },
  onMix: (number: number) => void = () => {},
): Promise<{ reused: number; cancelled: number }> {
  const random = new Random(seed);
  const totals = { reused: 0, cancelled: 0 };
  const limits = { model, batchSize, maxLength: LENGTH, queue: TOGETHER, cacheRam: 1e5 };
  await runEngine({ model, maxLength: LENGTH, batchSize: 1 }, async (lone) => {
    await withScheduler(limits, async (scheduler) => {
      const earlier: number[][] = [];
      for (let mix = 0; mix < count; mix++) {
        const jobs = Array.from({ length: TOGETHER }, () => {
          const job = randomJob(random, model.config.vocabSize, earlier);
          // Those that come together share prefixes too.
          earlier.push(job.request.ids);
          return job;
        });
        const made = await Promise.all(jobs.map(async (job) => {
          await new Promise((resolve) => setTimeout(resolve, random.below(20)));
          return await run(scheduler, job);
        }));
        for (const [i, { request, cancelAt }] of jobs.entries()) {
          const [alone] = await collect(lone, [request]);
          const what = `mix ${mix} of seed ${seed}, request ${i}`;
          const { tokens, logprobs, finishReason } = made[i];
          assertEquals(tokens, alone.tokens.slice(0, tokens.length), what);
          assertEquals(logprobs, alone.logprobs.slice(0, tokens.length), what);
          if (cancelAt === Infinity) {
            assertEquals([tokens.length, finishReason], [alone.tokens.length, alone.finishReason], what);
          } else if (tokens.length < alone.tokens.length) totals.cancelled++;
          earlier.push([...request.ids, ...tokens]);
        }
        earlier.splice(0, earlier.length - TOGETHER);
        onMix(mix);
      }
      totals.reused = scheduler.stats().cachedTokens;
    });
  });
  return totals;
}

/**
 * Cancels requests at random stages beside one that goes on: in the queue, in the prompt, while decoding. Nothing may be
 * left of them, and the other's tokens must be its own.
 */
export async function runCancels(
  model: LoadedModel,
  { count, seed }: { count: number; seed: number },
): Promise<void> {
  const random = new Random(seed);
  const vocabulary = model.config.vocabSize;
  const ids = (length: number) => Array.from({ length }, () => random.below(vocabulary));
  await withScheduler({ model, batchSize: 4, maxLength: 2048, queue: 20 }, async (scheduler) => {
    const neighbour = request(ids(5), { maxNewTokens: 1500, doSample: true, seed: 5n });
    const [alone] = await answers(scheduler, [neighbour]);
    await until(() => scheduler.stats().running === 0);
    let other = answers(scheduler, [neighbour]);
    let ended = false;
    other.then(() => ended = true);
    const bytes = model.gpu.allocatedBytes;
    for (let left = count; left > 0;) {
      const wave = Array.from({ length: Math.min(left, 1 + random.below(12)) }, async () => {
        const controller = new AbortController();
        const one = request(ids(1 + random.below(random.once(2) ? 300 : 10)), { maxNewTokens: 200 });
        const run = answers(scheduler, [one], { signal: controller.signal });
        const gone = run.then(() => {}, (error) => assertEquals(error, "gone"));
        await new Promise((resolve) => setTimeout(resolve, random.below(40)));
        controller.abort("gone");
        await gone;
      });
      await Promise.all(wave);
      left -= wave.length;
      await until(() => scheduler.stats().running === (ended ? 0 : 1) && scheduler.stats().waiting === 0);
      if (!ended) continue;
      assertEquals((await other)[0].tokens, alone.tokens);
      ended = false;
      other = answers(scheduler, [neighbour]);
      other.then(() => ended = true);
    }
    assertEquals((await other)[0].tokens, alone.tokens);
    await until(() => scheduler.stats().running === 0);
    const { slots, waiting } = scheduler.stats();
    assert(slots.every(({ state }) => state === "idle") && waiting === 0, "nothing runs");
    assertEquals(model.gpu.allocatedBytes, bytes, "nothing is left on the device");
  });
}
