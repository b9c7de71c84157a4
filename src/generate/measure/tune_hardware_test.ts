import { assert, assertEquals } from "@std/assert";
import { plainGpu } from "../../../tests/support/linear.ts";
import { tuningOf } from "../../ops/tuning.ts";
import { collect, goldenModel, prompt, request, runEngine } from "../../../tests/support/generate.ts";
import { tune, TUNING_BUDGET_MS } from "./tune.ts";

Deno.test("tune: a GPU's first use tunes automatically, and any choice gives the same tokens", async () => {
  using gpu = await plainGpu();
  const model = await goldenModel(gpu, "generate");
  try {
    const generate = () =>
      runEngine({ model }, async (engine) => {
        const [{ tokens, logprobs }] = await collect(engine, [request(prompt(3, 21), { logprobs: 2 })]);
        return { tokens, logprobs };
      });
    const usual = await generate();
    let ms = 1000;
    const rows = await tune(model, {
      budgetMs: TUNING_BUDGET_MS,
      time: () => Promise.resolve(ms /= 2),
      now: () => 0,
    });
    assertEquals(rows.length, tuningOf(gpu).size);
    for (const { chosen, variants: [first] } of rows) {
      assert(chosen.rows !== first.rows || chosen.threads !== first.threads, "the default is not the last");
    }
    assertEquals(await generate(), usual);
    assertEquals(await tune(model), [], "known");
  } finally {
    model.dispose();
  }
});
