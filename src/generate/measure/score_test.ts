import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { forward } from "../../reference/forward.ts";
import { logSoftmax } from "../../reference/softmax.ts";
import { GOLDEN } from "../../../tests/support/golden.ts";
import { readCheckpoint } from "../../../tests/support/safetensors.ts";
import { score } from "./score.ts";
import { modelForAll } from "../../../tests/support/generate.ts";

const { model } = await modelForAll("generate");

const reference = await readCheckpoint(new URL("generate/", GOLDEN));
const config = JSON.parse(await Deno.readTextFile(new URL("generate/config.json", GOLDEN)));

Deno.test("score: log-probabilities, loss and logits of the float64 forward, over several chunks", async () => {
  for (const length of [2, 13, 64, 150]) {
    const ids = Array.from({ length }, (_, i) => (i * i * 7 + i * 3 + length) % 61);
    const { logits } = forward(reference, config, { inputIds: [ids] });
    const twin = logSoftmax(logits, length, 61);
    const got = await score(model, ids, { top: 3, logits: true });
    const largest = logits.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const bound = 2e-5 * largest;
    assertEquals([got.logprobs.length, got.logprobs[0], got.top![0]], [length, null, null]);
    let loss = 0;
    for (let i = 1; i < length; i++) {
      const row = twin.subarray((i - 1) * 61, i * 61);
      assertAlmostEquals(got.logprobs[i]!, row[ids[i]], bound, `${length} tokens: ${i}`);
      loss -= row[ids[i]] / (length - 1);
      for (const [id, logprob] of got.top![i]!) {
        assertAlmostEquals(logprob, row[id], bound, `${length} tokens: ${i}, top`);
      }
      const best = row.reduce((most, x) => Math.max(most, x), -Infinity);
      assertAlmostEquals(got.top![i]![0][1], best, bound);
    }
    assertAlmostEquals(got.loss!, loss, bound);
    assertAlmostEquals(got.perplexity!, Math.exp(loss), bound * Math.exp(loss) * 2);
    got.logits!.forEach((row, i) =>
      row.forEach((x, id) =>
        assert(Math.abs(x - logits[i * 61 + id]) <= bound, `${length} tokens: logit ${i}, ${id}`)
      )
    );
  }
});

Deno.test("score: one token has nothing to be scored", async () => {
  const got = await score(model, [5]);
  assertEquals(got, { logprobs: [null], loss: null, perplexity: null });
});

Deno.test("score: ids outside the vocabulary, and an aborted signal", async () => {
  await assertRejects(
    () => score(model, [1, 61]),
    DataError,
    "token id 61: expected a whole number from 0 to 60",
  );
  await assertRejects(() => score(model, [1, 2], { signal: AbortSignal.abort() }), DOMException);
});
