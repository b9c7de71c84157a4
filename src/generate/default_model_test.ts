/** The default model against transformers: the same ids, tokens and logits. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { defaultModelFolder } from "../checkpoint/files/locate.ts";
import { GOLDEN, type Tensor, unpack } from "../../tests/support/golden.ts";
import { loadTokenizer } from "../tokenizer/mod.ts";
import { Engine } from "./engine/engine.ts";
import { Session } from "./session.ts";
import { collect, request } from "../../tests/support/generate.ts";

const expected: {
  sha256: string;
  prompts: { text: string; ids: number[]; tokens: number[]; lead: number }[];
  forward: { inputIds: number[][]; logits: Tensor };
} = JSON.parse(await Deno.readTextFile(new URL("default-model.json", GOLDEN)));

const folder = defaultModelFolder();

async function withSession(run: (session: Session) => Promise<void>): Promise<void> {
  const session = await Session.load(folder, { batchSize: 10, maxLength: 128 });
  try {
    await run(session);
  } finally {
    session.dispose();
  }
}

Deno.test("default model: the golden file is about these weights", async () => {
  const bytes = await Deno.readFile(join(folder, "model.safetensors"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertEquals(digest, expected.sha256, "run testdata/golden/make_default_golden.py again");
});

Deno.test("default model: 20 prompts have transformers' ids", async () => {
  const tokenizer = await loadTokenizer(folder);
  assertEquals(expected.prompts.length, 20);
  for (const { text, ids } of expected.prompts) assertEquals([...tokenizer.encode(text)], ids, text);
});

Deno.test("default model: greedy text of 20 prompts, 64 tokens each, equals transformers'", () =>
  withSession(async (session) => {
    const made = await collect(
      session,
      expected.prompts.map(({ ids }) => request(ids, { maxNewTokens: 64 })),
    );
    expected.prompts.forEach(({ text, tokens, lead }, i) => {
      const at = tokens.findIndex((token, step) => token !== made[i].tokens[step]);
      assertEquals(
        made[i].tokens,
        tokens,
        `"${text}": other from token ${at} on; the closest call is ${lead}`,
      );
    });
  }));

Deno.test("default model: logits within 1e-3 of the largest, cosine above 0.99999", () =>
  withSession(async (session) => {
    const { inputIds: [ids], logits } = expected.forward;
    const { logits: rows } = await session.score(ids, { logits: true });
    const want = unpack(logits);
    const [, tokens, vocabSize] = logits.shape;
    assertEquals([rows!.length, rows![0].length], [tokens, vocabSize]);
    for (const [i, got] of rows!.entries()) {
      const row = want.subarray(i * vocabSize, (i + 1) * vocabSize);
      const dot = (a: ArrayLike<number>, b: Float64Array) => b.reduce((sum, x, j) => sum + x * a[j], 0);
      const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const off = row.reduce((most, x, j) => Math.max(most, Math.abs(x - got[j])), 0);
      assert(off <= 1e-3 * largest, `token ${i}: off by ${off}, the largest is ${largest}`);
      const cosine = dot(got, row) / Math.sqrt(dot(got, Float64Array.from(got)) * dot(row, row));
      assert(cosine > 0.99999, `token ${i}: cosine ${cosine}`);
    }
  }));

Deno.test("default model: rows of a prompt that were put into a cache, and a cache that grew, serve as their own do", () =>
  withSession(async ({ model }) => {
    const [{ ids, tokens }] = expected.prompts;
    const wanted = { maxNewTokens: 20 };
    const engines = [0, 1].map(() => new Engine(model, { maxLength: 512, batchSize: 2 }));
    try {
      await collect(engines[0], [request(ids, { maxNewTokens: 1 })]);
      await engines[1].restore(engines[0].find(ids)!, ids.length + 20);
      const [restored] = await collect(engines[1], [request(ids, wanted)]);
      assertEquals(restored.tokens, tokens.slice(0, 20));
      assertEquals(engines[1].decoder!.promptRows, 1);
      // A later prompt needs more room; the rows move into a larger cache.
      await collect(engines[1], [request([...ids, ...ids], { maxNewTokens: 300 })]);
      const [moved] = await collect(engines[1], [request(ids, wanted)]);
      assertEquals(moved.tokens, tokens.slice(0, 20));
    } finally {
      for (const engine of engines) engine.dispose();
    }
  }));
