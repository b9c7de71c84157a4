import { assertEquals } from "@std/assert";
import { argmax } from "./argmax.ts";
import { forward, type ReferenceConfig } from "./forward.ts";
import { assertNear, GOLDEN, type Tensor } from "../../tests/support/golden.ts";
import { readCheckpoint } from "../../tests/support/safetensors.ts";

const FOLDER = new URL("../../testdata/default-model/", import.meta.url);

interface Golden {
  sha256: string;
  prompts: { text: string; ids: number[]; tokens: number[]; lead: number }[];
  forward: { inputIds: number[][]; logits: Tensor; lastHiddenState: Tensor };
}

Deno.test("default model: logits, last hidden state and greedy tokens are transformers'", async () => {
  const golden: Golden = JSON.parse(await Deno.readTextFile(new URL("default-model.json", GOLDEN)));
  const digest = await crypto.subtle.digest(
    "SHA-256",
    await Deno.readFile(new URL("model.safetensors", FOLDER)),
  );
  const hex = new Uint8Array(digest).toHex();
  assertEquals(hex, golden.sha256, "another model: run testdata/golden/make_default_golden.py again");

  const config: ReferenceConfig = JSON.parse(await Deno.readTextFile(new URL("config.json", FOLDER)));
  const weights = await readCheckpoint(FOLDER);
  const out = forward(weights, config, { inputIds: golden.forward.inputIds });
  assertNear(out.lastHiddenState, golden.forward.lastHiddenState, "lastHiddenState");
  assertNear(out.logits, golden.forward.logits, "logits");

  // One pass over prompt and continuation: every token must be the most probable after those before it.
  const { ids, tokens } = golden.prompts[0];
  const count = 6;
  const { logits } = forward(weights, config, { inputIds: [[...ids, ...tokens.slice(0, count)]] });
  const best = argmax(logits, ids.length + count, config.vocab_size);
  assertEquals(best.slice(ids.length - 1, ids.length - 1 + count), tokens.slice(0, count));
});
