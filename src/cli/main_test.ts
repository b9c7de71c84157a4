import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeIo, runMain } from "../../tests/support/cli.ts";

const NO_MODEL = "no/such/model/folder";

/** Arguments, stdin, exit code, a part of the line on stderr. */
const FAILURES: [string[], (string | Uint8Array)[] | "directory" | undefined, number, string][] = [
  [[], undefined, 2, "no command: expected one of run, chat"],
  [["rnu"], undefined, 2, 'unknown command "rnu"; did you mean "run"?'],
  [["frobnicate"], undefined, 2, "expected one of run, chat"],
  [["--greedy"], undefined, 2, "expected a command before --greedy"],
  [["help", "skore"], undefined, 2, 'did you mean "score"?'],
  [["run", "--temprature", "1"], undefined, 2, "did you mean --temperature?"],
  [["score", "--greedy"], undefined, 2, "unknown option --greedy"],
  [["completions"], undefined, 2, "expected one shell of bash, zsh, fish"],
  [["completions", "fis"], undefined, 2, 'did you mean "fish"?'],
  [["completions", "tcsh"], undefined, 2, 'unknown shell "tcsh"'],
  [["devices", "x"], undefined, 2, "expected no argument"],
  [["bench", "-p", "0", "-n", "0"], undefined, 2, "nothing to measure"],
  [["inspect", "a", "b"], undefined, 2, "expected one model"],
  [["run", "--logprobs", "1", "x"], undefined, 2, "--logprobs needs --json"],
  [["run", "-m", NO_MODEL, "x"], undefined, 4, NO_MODEL],
  [["score", "-m", NO_MODEL, "x"], undefined, 4, NO_MODEL],
  [["tokenize", "-m", NO_MODEL, "x"], undefined, 4, NO_MODEL],
  [["detokenize", "-m", NO_MODEL, "1"], undefined, 4, NO_MODEL],
  [["inspect", NO_MODEL], undefined, 4, NO_MODEL],
  [["bench", "-m", NO_MODEL], undefined, 4, NO_MODEL],
  [["tokenize"], [], 2, "stdin is empty"],
  [["tokenize"], undefined, 2, "no prompt"],
  [["tokenize"], "directory", 4, "stdin: expected text, got a directory"],
  [["tokenize"], [new Uint8Array([0x61, 0xff])], 3, "expected UTF-8, got ff at byte 1"],
  [["tokenize", "--lines"], ["a\n", new Uint8Array([0xff])], 3, "stdin, line 2: expected UTF-8"],
  [["tokenize", "--jsonl"], ['{"prompt": 5}\n{"prompt": "a"}'], 3, "stdin, line 1: prompt: expected text"],
  [["tokenize", "--jsonl"], ['{"prompt": [999999999]}'], 3, "expected an id below the vocabulary"],
  [["tokenize", "-f", "no/such/file"], undefined, 4, "no/such/file"],
  [["tokenize", "--count", "--json", "x"], undefined, 2, "contradict"],
  [["detokenize"], [], 2, "stdin is empty"],
  [["detokenize", "1", "x2"], undefined, 3, 'expected a token id, got "x2"'],
  [["detokenize", "[1,"], undefined, 3, "expected JSON"],
  [["detokenize", "1", "999999999"], undefined, 3, "999999999"],
  [["detokenize", "[1.5]"], undefined, 3, "got 1.5"],
];
for (const [args, input, code, message] of FAILURES) {
  Deno.test(`llama ${args.join(" ")} ${input === undefined ? "" : "< input "}ends with ${code}`, async () => {
    const result = await runMain(args, new FakeIo(input));
    assertEquals(result.code, code, result.stderr);
    assertStringIncludes(result.stderr, message);
    assertMatch(result.stderr, /^llama: [^\n]+\n$/);
  });
}

Deno.test("--version and help answer without a model", async () => {
  assertMatch((await runMain(["--version"])).stdout, /^llama \d+\.\d+\.\d+\n$/);
  for (
    const args of [["--help"], ["help"], ["run", "--help"], ["help", "score"], ["bench", "-h", "--bogus"]]
  ) {
    const { code, stdout, stderr } = await runMain(args);
    assertEquals([code, stderr], [0, ""], args.join(" "));
    assertStringIncludes(stdout, "Usage: llama");
  }
});

Deno.test("a closed stdout is 141 and silent, a full disk 4", async () => {
  const closed = await runMain(["--help"], new FakeIo(undefined, new Deno.errors.BrokenPipe("Broken pipe")));
  assertEquals([closed.code, closed.stderr], [141, ""]);
  const full = await runMain(["--help"], new FakeIo(undefined, new Error("No space left on device")));
  assertEquals([full.code, full.stderr], [4, "llama: stdout: cannot write: No space left on device\n"]);
});

Deno.test("LLAMA_DEBUG=1 adds the stack", async () => {
  const io = new FakeIo();
  io.variables.LLAMA_DEBUG = "1";
  assertStringIncludes((await runMain(["rnu"], io)).stderr, "UsageError: unknown command");
});

Deno.test("text to ids and back", async () => {
  const text = "Plants create energy — naïve 😀 </s>";
  const ids = (await runMain(["tokenize", text])).stdout;
  assertMatch(ids, /^\d+( \d+)+\n$/);
  for (
    const input of [ids, ids.trim().replaceAll(" ", ","), JSON.stringify(ids.trim().split(" ").map(Number))]
  ) {
    assertEquals((await runMain(["detokenize"], new FakeIo([input]))).stdout, text + "\n");
  }
  assertEquals((await runMain(["detokenize", ...ids.trim().split(" ")])).stdout, text + "\n");
  const json = (await runMain(["tokenize", "--json", text])).stdout;
  const { index, id, ids: list, tokens } = JSON.parse(json);
  assertEquals([index, id, list.join(" "), tokens.length], [0, null, ids.trim(), list.length]);
  assertEquals((await runMain(["detokenize"], new FakeIo([json]))).stdout, text + "\n");
  assertEquals((await runMain(["tokenize", "--count", text])).stdout, `${list.length}\n`);
});

Deno.test("--raw adds no BOS; special tokens' text is literal unless asked", async () => {
  const ids = async (...args: string[]) => (await runMain(["tokenize", ...args])).stdout.trim().split(" ");
  const [bos, ...rest] = await ids("Hi</s>");
  assertEquals(await ids("--raw", "Hi</s>"), rest);
  const special = await ids("--parse-special", "Hi</s>");
  assertEquals(special[0], bos);
  assertEquals(special.length < rest.length + 1, true);
  assertEquals((await runMain(["detokenize", ...special])).stdout, "Hi\n");
  assertStringIncludes((await runMain(["detokenize", "--parse-special", ...special])).stdout, "</s>");
});

Deno.test("records: good ones are answered in place, bad ones named", async () => {
  const io = new FakeIo(['{"prompt":"a","id":"x"}\n{"prompt":1,"id":"y"}\n{"prompt":[1,5],"raw":true}\n']);
  const { code, stdout } = await runMain(["tokenize", "--jsonl", "--json"], io);
  const objects = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(code, 3);
  assertEquals(objects.map(({ index, id }) => [index, id]), [[0, "x"], [1, "y"], [2, null]]);
  assertStringIncludes(objects[1].error, "prompt: expected text or a list of token ids, got 1");
  assertEquals(objects[2].ids, [1, 5]);
});
