import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DataError, UsageError } from "../../base/errors.ts";
import { OFF } from "../../generate/options/table.ts";
import type { GenerationEvent, GenerationOptions, GenerationRequest } from "../../generate/options/types.ts";
import type { Call } from "./call.ts";
import { continuePrompts, type Generator, type Parts } from "./continue_prompts.ts";
import { readPrompts } from "./input.ts";
import { Log } from "./log.ts";
import { Output } from "../terminal/output.ts";
import { parseArguments } from "../options/parse.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

const DEFAULTS: GenerationOptions = { ...OFF, maxNewTokens: 256 };

/**
 * A model over characters: a text's ids are its code points, and generation counts on from the last one. Two
 * requests run together, one token each in turn, the second one first.
 */
class CountingSession implements Generator {
  readonly model = { config: { vocabSize: 1000 }, loadMs: 1 };
  readonly seen: GenerationRequest[] = [];
  readonly cancelled = new Set<number>();

  cancel(index: number): void {
    this.cancelled.add(index);
  }

  async *generate(requests: AsyncIterable<GenerationRequest>): AsyncIterable<GenerationEvent> {
    let batch: { index: number; request: GenerationRequest }[] = [];
    for await (const request of requests) {
      batch.unshift({ index: this.seen.length, request });
      this.seen.push(request);
      if (batch.length === 2) yield* this.#runBatch(batch.splice(0));
    }
    yield* this.#runBatch(batch);
    batch = [];
  }

  *#runBatch(batch: { index: number; request: GenerationRequest }[]): Iterable<GenerationEvent> {
    const open = new Set(batch);
    for (let step = 1; open.size > 0; step++) {
      for (const entry of open) {
        const { index, request: { ids, options } } = entry;
        if (options.suppressTokens && step === 2) {
          open.delete(entry);
          yield { index, tokens: [], finishReason: "stop", error: new DataError("nothing may come") };
          continue;
        }
        const cancelled = this.cancelled.has(index);
        const last = cancelled || step === options.maxNewTokens;
        if (last) open.delete(entry);
        const timings = { promptMs: 1, generateMs: 1 };
        const tokens = cancelled ? [] : [ids.at(-1)! + step];
        yield last ? { index, tokens, finishReason: "length", timings } : { index, tokens };
      }
    }
  }
}

async function run(
  args: string[],
  input?: string,
  change: Partial<Parts> = {},
): Promise<{ code: number; stdout: string; stderr: string; session: CountingSession }> {
  const io = new FakeIo(input === undefined ? undefined : [input]);
  const { values, positionals } = parseArguments("run", args);
  const out = new Output(io);
  const log = new Log(io, values);
  const call: Call = { values, positionals, io, out, log, signal: new AbortController().signal };
  const session = new CountingSession();
  const text = (ids: number[]) => String.fromCodePoint(...ids);
  const parts: Parts = {
    session,
    tokenizer: { encode: (text) => [...text].map((letter) => letter.codePointAt(0)!), decode: text },
    decoderOf: () => ({ push: text, flush: () => "" }),
    defaults: DEFAULTS,
    context: { tokens: 20, name: "the model's context" },
    ...change,
  };
  const code = await continuePrompts(call, parts, readPrompts(values, positionals, io));
  await out.drain();
  return { code, stdout: io.stdout, stderr: io.stderr, session };
}

Deno.test("results come in the order of the prompts, whatever the batch does", async () => {
  const { code, stdout, stderr } = await run(["--lines", "-n", "3"], "a\nk\nA\n");
  assertEquals([code, stdout, stderr], [0, "bcd\nlmn\nBCD\n", ""]);
});

Deno.test("--echo, several sequences and stop strings", async () => {
  const { stdout, session } = await run([
    "--echo",
    "-n",
    "9",
    "--num-return-sequences",
    "2",
    "--stop",
    "de",
    "xa",
  ]);
  assertEquals(stdout, "xabc\nxabc\n");
  assertEquals(session.seen.map(({ sequence }) => sequence), [0, 1]);
  assertEquals([...session.cancelled].sort(), [0, 1]);
});

Deno.test("records: their options win, their errors take their place, the exit code is 3", async () => {
  const input = [
    '{"prompt":"a","id":1,"max_new_tokens":2,"seed":18446744073709551615}',
    '{"prompt":"a","top_p":2,"id":"bad"}',
    '{"prompt":[97,1000]}',
    `{"prompt":"${"a".repeat(21)}"}`,
    '{"prompt":[107],"stop":"m"}',
  ].join("\n");
  const { code, stdout, stderr } = await run(["--jsonl", "--json", "-n", "4", "--seed", "9"], input);
  const objects = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(code, 3);
  assertEquals(objects.map(({ index, id, text }) => [index, id, text]), [
    [0, 1, "bc"],
    [1, "bad", undefined],
    [2, null, undefined],
    [3, null, undefined],
    [4, null, "l"],
  ]);
  assertStringIncludes(stdout, '"seed":18446744073709551615,');
  assertStringIncludes(objects[1].error, "top_p: expected a number above 0 and at most 1, got 2");
  assertStringIncludes(objects[2].error, "prompt[1]: expected an id below the vocabulary's 1000, got 1000");
  assertStringIncludes(objects[3].error, "the prompt has 21 tokens, the model's context holds 20");
  assertEquals([objects[4].seed, objects[4].finish_reason, objects[4].tokens], [9, "stop", [108, 109]]);
  assertStringIncludes(stderr, "llama: 3 records failed; the first: stdin, line 2: top_p");
});

Deno.test("without --json a bad record is a line on stderr and the others still run", async () => {
  const { code, stdout, stderr } = await run(["--jsonl", "-n1"], '{"prompt":"a"}\n{}\n{"prompt":"k"}\n');
  assertEquals([code, stdout], [3, "b\nl\n"]);
  assertStringIncludes(stderr, "stdin, line 2: prompt: expected text");
});

Deno.test("a prompt must leave room in the context, which also bounds the new tokens", async () => {
  const full = await run(["a".repeat(20)]);
  assertEquals([full.code, full.stdout], [3, ""]);
  assertStringIncludes(
    full.stderr,
    "the prompt has 20 tokens, the model's context holds 20; no room for a new token",
  );
  const almost = await run(["a".repeat(18)]);
  assertEquals([almost.code, almost.stdout], [0, "bc\n"]);
});

Deno.test("without a tokenizer ids give objects with a null text; text and --stop are refused", async () => {
  const none = { tokenizer: undefined, decoderOf: () => undefined };
  const { code, stdout } = await run(["--jsonl", "-n2"], '{"prompt":[97]}\n{"prompt":"a"}', none);
  const [good, bad] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, good.text, good.tokens], [3, null, [98, 99]]);
  assertStringIncludes(bad.error, "no tokenizer");
  await assertRejects(() => run(["--jsonl", "--stop", "x"], '{"prompt":[97]}', none), UsageError, "--stop");
});

Deno.test("-v tells the seed and the speed", async () => {
  const { stderr } = await run(["-v", "-n2", "--seed", "5", "a"]);
  assertEquals(
    stderr,
    "llama: prompt 0: seed 5; 1 prompt tokens at 1000.0 tokens/s; 2 new tokens at 2000.0 tokens/s\n",
  );
});

Deno.test("-v tells once that options are applied on the host", async () => {
  const { stderr, session } = await run(["-v", "-n1", "--lines", "--no-repeat-ngram-size", "2"], "a\nb\n");
  assertEquals(stderr.match(/applied on the host/g)?.length, 1);
  assertEquals(session.seen.map(({ options }) => options.noRepeatNgramSize), [2, 2]);
  assertEquals(
    (await run(["-v", "-n1", "--temperature", "2", "--do-sample", "a"])).stderr.includes("host"),
    false,
  );
});

Deno.test("a generation that fails takes its record's place; the others go on", async () => {
  const records = '{"prompt": "a", "suppress_tokens": [1], "id": 7}\n{"prompt": "b"}\n';
  const objects = await run(["--jsonl", "--json", "-n3"], records);
  assertEquals(objects.code, 3);
  const [failed, other] = objects.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(failed, { index: 0, id: 7, error: "stdin, line 1: nothing may come" });
  assertEquals(other.text, "cde");
  const text = await run(["--jsonl", "-n3"], records);
  assertEquals([text.code, text.stdout, text.stderr], [
    3,
    "b\ncde\n",
    "llama: stdin, line 1: nothing may come\n",
  ]);
});

Deno.test("stop texts of a beam search are asked for by the search itself", async () => {
  const { session } = await run(["-n3", "--num-beams", "2", "--stop", "d", "a"]);
  const [{ isOver }] = session.seen;
  assertEquals([[98], [98, 99], [98, 99, 100]].map((tokens) => isOver?.(tokens)), [false, false, true]);
  assertEquals((await run(["-n3", "--stop", "d", "a"])).session.seen[0].isOver, undefined);
});
