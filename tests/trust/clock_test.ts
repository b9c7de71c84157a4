/**
 * The results do not change if the k-th reading of the clock is wrong, once or from then on, for every k (here for
 * some).
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeIo, runMain } from "../support/cli.ts";
import { clock } from "../../src/base/clock.ts";
import { pullModel } from "../../src/hub/pull.ts";
import { COMMIT, FakeHub, withCache } from "../support/hub.ts";
import { type Fault, type Point, sweep, withFault } from "./faults.ts";

const MODEL = fromFileUrl(new URL("../../testdata/golden/one_layer_one_head", import.meta.url));
const READINGS: readonly Point[] = [[clock, "now"]];
const HOUR = 3_600_000;

/** A clock that stops at its first wrong reading. */
function standing(): Fault {
  let last: unknown;
  return (real) => last ??= real();
}

/** Faults of a clock; each sweep makes a new one. */
const FAULTS: readonly [what: string, fault: () => Fault, onwards: boolean][] = [
  ["stops", standing, true],
  ["goes back an hour", () => (real) => real() as number - HOUR, true],
  ["goes back an hour, once", () => (real) => real() as number - HOUR, false],
  ["leaps an hour", () => (real) => real() as number + HOUR, true],
  ["leaps an hour, once", () => (real) => real() as number + HOUR, false],
];

/** After these no time seems to have passed. */
const MILD = ["stops", "goes back an hour"];

interface Answer {
  readonly tokens: readonly number[];
  readonly timings: Readonly<Record<string, number>>;
}

/** Loads and runs: greedy, sampled and with beam search. */
async function answers(records: readonly Record<string, unknown>[]): Promise<Answer[]> {
  const args = ["run", "-m", MODEL, "--jsonl", "--json", "-n", "6", "--seed", "1", "--batch-size", "1"];
  const lines = records.map((record) => JSON.stringify(record)).join("\n");
  const { code, stdout, stderr } = await runMain(args, new FakeIo([lines]));
  assertEquals([code, stderr], [0, ""]);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

function assertPlain(timings: Readonly<Record<string, unknown>>, what: string): void {
  for (const [name, value] of Object.entries(timings)) {
    // JSON encodes NaN as null.
    assert(typeof value === "number" && value >= 0, `${what}: ${name} is ${value}`);
  }
}

const RECORDS = [{ prompt: [1, 2, 3], do_sample: false }, { prompt: [4] }, { prompt: [5, 6], num_beams: 2 }];
/** The records with a time limit of ten minutes, which a jumping clock may exceed. */
const TIMED = RECORDS.map((record) => ({ ...record, max_time: 600 }));

for (const [what, fault, onwards] of FAULTS) {
  Deno.test(`a clock that ${what}: the same tokens, fewer only where time ran out, rates that are numbers`, async () => {
    const run = () => answers([...RECORDS, ...TIMED]);
    const clean = await run();
    const calls = await sweep(async (k) => {
      const outcome = await withFault(READINGS, k, fault(), run, { onwards });
      for (const [i, { tokens, timings }] of outcome.result.entries()) {
        const whole = clean[i].tokens;
        assertPlain(timings, `reading ${k}`);
        if (i < RECORDS.length || MILD.includes(what)) assertEquals(tokens, whole, `reading ${k}`);
        // The result of a beam search whose time is up need not be a prefix of the full result.
        else if (!("num_beams" in RECORDS[i - RECORDS.length])) {
          assertEquals(tokens, whole.slice(0, tokens.length), `reading ${k}`);
        }
        assert(tokens.length > 0 && tokens.length <= whole.length, `reading ${k}: ${tokens.length} tokens`);
      }
      return outcome;
    }, 43);
    assert(calls > 40, `${calls} readings`);
  });

  Deno.test(`a clock that ${what}: pull tries again, and ends`, async () => {
    await using hub = new FakeHub({
      "config.json": "{}",
      "tokenizer.json": "{}",
      "model.safetensors": "abc",
    });
    await sweep(async (k) => {
      let [calls, refusals] = [0, 0];
      hub.lie = () => refusals++ % 3 === 0 ? new Response("busy", { status: 503 }) : undefined;
      await withCache(async (cache) => {
        const pull = () => pullModel("owner/name", { settings: hub.settings() });
        const outcome = await withFault([...READINGS, [clock, "date"]], k, fault(), pull, { onwards });
        assertEquals(outcome.result, join(cache, `models--owner--name/snapshots/${COMMIT}`));
        calls = outcome.calls;
      });
      return { calls };
    });
  });
}

Deno.test("a clock that stops: bench prints plain numbers, and ends", async () => {
  const bench = () => runMain(["bench", "-m", MODEL, "-p", "4", "-n", "2", "-r", "2", "--json"]);
  const { result: { code, stdout } } = await withFault(READINGS, 1, standing(), bench, { onwards: true });
  assertEquals(code, 0);
  assert(!stdout.includes("null"), stdout);
});
