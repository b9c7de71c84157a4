import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Call } from "../shared/call.ts";
import { readPrompts } from "../shared/input.ts";
import { Log } from "../shared/log.ts";
import { Output } from "../terminal/output.ts";
import { parseArguments } from "../options/parse.ts";
import { type ScoreParts, scorePrompts } from "./score_prompts.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

const PARTS: ScoreParts = {
  session: {
    model: { config: { vocabSize: 200 } },
    score: (ids, { top, logits }) =>
      Promise.resolve({
        logprobs: ids.map((_, i) => i === 0 ? null : -i),
        loss: ids.length > 1 ? 1 : null,
        perplexity: ids.length > 1 ? 2.5 : null,
        top: top === undefined ? undefined : ids.map((id, i) => i === 0 ? null : [[id, -i] as const]),
        logits: logits ? ids.map((id) => new Float32Array([id, 0.5])) : undefined,
      }),
  },
  tokenizer: {
    encode: (
      text,
      { addSpecialTokens },
    ) => [...addSpecialTokens ? [1] : [], ...new TextEncoder().encode(text)],
  },
  context: { tokens: 5, name: "the model's context" },
};

async function score(
  args: string[],
  input?: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const io = new FakeIo(input === undefined ? undefined : [input]);
  const { values, positionals } = parseArguments("score", args);
  const out = new Output(io);
  const call: Call = { values, positionals, io, out, log: new Log(io), signal: new AbortController().signal };
  const code = await scorePrompts(call, PARTS, readPrompts(values, positionals, io));
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("an object a prompt, with what was asked for", async () => {
  const plain = '{"index":0,"id":null,"tokens":[1,97],"logprobs":[null,-1],"loss":1,"perplexity":2.5';
  assertEquals(await score(["a"]), { code: 0, stdout: plain + "}\n", stderr: "" });
  assertEquals((await score(["--top", "1", "a"])).stdout, plain + ',"top":[null,[[97,-1]]]}\n');
  assertEquals((await score(["--logits", "a"])).stdout, plain + ',"logits":[[1,0.5],[97,0.5]]}\n');
  assertStringIncludes((await score(["--raw", "a"])).stdout, '"tokens":[97],"logprobs":[null],"loss":null');
});

Deno.test("a full context can be scored, one token more cannot", async () => {
  assertEquals((await score(["abcd"])).code, 0);
  const { code, stdout, stderr } = await score(["abcde"]);
  assertEquals([code, stdout], [3, ""]);
  assertEquals(stderr, "llama: prompt: the prompt has 6 tokens, the model's context holds 5\n");
});

Deno.test("bad records take their place, the others are scored", async () => {
  const input = '{"prompt":[5,200],"id":"x"}\n{"prompt":[5,6],"id":"y","max_new_tokens":3}\n';
  const { code, stdout, stderr } = await score(["--jsonl"], input);
  const [bad, good] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, bad.index, bad.id, good.index, good.id, good.tokens], [3, 0, "x", 1, "y", [5, 6]]);
  assertStringIncludes(bad.error, "got 200");
  assertStringIncludes(stderr, "1 record failed; the first: stdin, line 1");
});
