/** Nobody waits longer than a chunk for another's prompt, and nobody is put off for ever; by counts, not by a clock. */
import { assert, assertEquals } from "@std/assert";
import { collect, modelForAll, prompt, request, runEngine } from "../../../tests/support/generate.ts";
import { answers, until, withScheduler } from "../../../tests/support/serving.ts";
import type { Decoder } from "../decode/decoder.ts";
import { Admission } from "./admission.ts";
import { Inbox } from "./inbox.ts";
import { numbered } from "./method.ts";

const { model } = await modelForAll("generate");

/** Records the chunks and groups of steps that a decoder runs: rows of a chunk by length of its prompt, or "steps". */
function record(decoder: Decoder): (Record<number, number> | "steps")[] {
  const log: (Record<number, number> | "steps")[] = [];
  const { run, submit } = decoder;
  decoder.run = (stretches) => {
    log.push(Object.fromEntries(stretches.map(({ ids, from, end }) => [ids.length, end - from])));
    run.call(decoder, stretches);
  };
  decoder.submit = (commands) => {
    log.push("steps");
    submit.call(decoder, commands);
  };
  return log;
}

Deno.test("serving: a long prompt never stops decoding for more than one chunk", async () => {
  await withScheduler({ model, batchSize: 3, maxLength: 2048 }, async (scheduler) => {
    // It ends with the scheduler.
    answers(scheduler, [request([1, 2], { maxNewTokens: 2000 })]).catch(() => {});
    await until(() => scheduler.stats().slots.some(({ state }) => state === "decoding"));
    const log = record(scheduler.engine.decoder!);
    await answers(scheduler, [request(prompt(1, 900), { maxNewTokens: 1 })]);
    const chunks = log.filter((one) => one !== "steps");
    assertEquals(chunks.reduce((sum, one) => sum + one[900], 0), 900);
    assert(chunks.length > 5, `${chunks.length} chunks`);
    assert(chunks.every((one) => one[900] <= 128), "each has a limit");
    const together = log.findIndex((one, i) => i > 0 && one !== "steps" && log[i - 1] !== "steps");
    assertEquals(together, -1, "two chunks without steps between them");
  });
});

Deno.test("serving: a short prompt beside a long one is in the next chunk, which holds little else", async () => {
  await withScheduler({ model, batchSize: 3, maxLength: 2048 }, async (scheduler) => {
    const log = record(scheduler.engine.decoder!);
    const long = answers(scheduler, [request(prompt(1, 1500), { maxNewTokens: 1 })]);
    // If an assertion fails, it ends with the scheduler.
    long.catch(() => {});
    await until(() => log.length > 1);
    const before = log.length;
    let at = 0;
    const short = answers(
      scheduler,
      [request(prompt(2, 10), { maxNewTokens: 1 })],
      {},
      () => at = log.length,
    );
    await short;
    assert(at - before <= 2, `its first token came after ${at - before} chunks`);
    assertEquals(log.find((one) => one !== "steps" && 10 in one), { 1500: 10, 10: 10 });
    await long;
  });
});

Deno.test("serving: short prompts without end do not starve a long one", async () => {
  await withScheduler({ model, batchSize: 3, maxLength: 2048, queue: 8 }, async (scheduler) => {
    const long = answers(scheduler, [request(prompt(1, 1000), { maxNewTokens: 1 })]);
    let ended = false;
    long.then(() => ended = true, () => {});
    const log = record(scheduler.engine.decoder!);
    for (let i = 0; !ended; i++) {
      assert(i < 400, "the long one is put off for ever");
      await answers(scheduler, [2, 3].map((seed) => request(prompt(seed * 50 + i, 20), { maxNewTokens: 1 })));
    }
    const shared = log.filter((one) => one !== "steps" && 20 in one && 1000 in one) as Record<
      number,
      number
    >[];
    assert(shared.length > 3, `${shared.length} chunks for both`);
    // All but the last: nothing more was left then.
    for (const one of shared.slice(0, -1)) assert(one[1000] >= one[20], JSON.stringify(one));
  });
});

Deno.test("admission: one that does not fit yet is overtaken sixteen times, then all wait for it", async () => {
  const requests = [request(prompt(1, 100)), ...Array.from({ length: 30 }, (_, i) => request(prompt(i, 5)))];
  const inbox = new Inbox(numbered(requests), 40);
  await inbox.wait();
  await inbox.settle();
  const admission = new Admission(256);
  const passed = [];
  for (let next = admission.next(inbox, 64); next; next = admission.next(inbox, 64)) passed.push(next.index);
  assertEquals(passed, Array.from({ length: 16 }, (_, i) => i + 1));
  assertEquals(admission.next(inbox, 256)!.index, 0, "now it fits");
  assertEquals(admission.next(inbox, 64)!.index, 17, "in order again");
});

Deno.test("admission: a request too long for the cache waits, others pass it, and all are answered", async () => {
  await runEngine({ model, batchSize: 2, maxLength: 1024 }, async (engine) => {
    const requests = [
      request(prompt(1, 5), { maxNewTokens: 200 }),
      request(prompt(2, 600), { maxNewTokens: 3 }),
      ...Array.from({ length: 30 }, (_, i) => request(prompt(3 + i, 5), { maxNewTokens: 20 })),
    ];
    const starts: number[] = [];
    const started = requests.map((one, i) => ({ ...one, onStart: () => starts.push(i) }));
    assertEquals((await collect(engine, started)).length, requests.length);
    const place = starts.indexOf(1);
    assert(place >= 5 && place <= 17, `the long one began as number ${place}`);
  });
});
