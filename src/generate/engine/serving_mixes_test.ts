/** Random mixes and cancels; `deno task serving` runs many more. */
import { assert } from "@std/assert";
import { modelForAll } from "../../../tests/support/generate.ts";
import { runCancels, runMixes } from "../../../tests/support/serving_mixes.ts";

const { model } = await modelForAll("generate");

Deno.test("serving: ten random mixes of sixteen requests, each with the bits of a run alone", async () => {
  const { reused, cancelled } = await runMixes(model, { count: 10, seed: 1 });
  assert(reused > 100 && cancelled > 8, `${reused} rows reused, ${cancelled} requests cancelled`);
});

Deno.test("serving: fifty cancels at any stage change no neighbour and leave nothing", async () => {
  await runCancels(model, { count: 50, seed: 2 });
});
