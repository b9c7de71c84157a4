import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const FACT = "Plants create energy through a process known as";

interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts the real launcher; the environment is the test's own with changes. */
function start(
  args: string[],
  stdin: "null" | "piped" = "null",
  env: Record<string, string> = {},
): Deno.ChildProcess {
  const options = { args, cwd: ROOT, env, stdin, stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(`${ROOT}llama`, options).spawn();
}

async function llama(
  args: string[],
  input?: string | Uint8Array,
  env?: Record<string, string>,
): Promise<Ending> {
  const child = start(args, input === undefined ? "null" : "piped", env);
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    // The command may end before it has read all of it.
    await writer.write(typeof input === "string" ? new TextEncoder().encode(input) : input).catch(() => {});
    await writer.close().catch(() => {});
  }
  return ending(await child.output());
}

async function shell(script: string): Promise<Ending> {
  return ending(await new Deno.Command("sh", { args: ["-c", script], cwd: ROOT, stdin: "null" }).output());
}

function ending({ code, stdout, stderr }: Deno.CommandOutput): Ending {
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("a newcomer's first command: a prompt through a pipe", async () => {
  const { code, stdout, stderr } = await llama(["run", "--greedy", "-n", "16"], FACT);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^ photosynthesis[^\n]*\n$/);
});

Deno.test("everyday failures: one line and the right code", async () => {
  const rows: [string, number, string][] = [
    ["printf '' | ./llama run", 2, "stdin is empty"],
    ["printf x | ./llama run --temprature 1", 2, "did you mean --temperature?"],
    ["./llama run < src", 4, "stdin: expected text, got a directory"],
    ["printf 'a\\377' | ./llama run", 3, "byte 1"],
    ["printf x | ./llama run -m no/such/model", 4, "no/such/model"],
    ["printf x | ./llama tokenize > /dev/full", 4, "stdout: cannot write"],
    ["./llama tokenize -f no/such/file", 4, "no/such/file"],
    ["./llama", 2, "no command"],
  ];
  for (const [script, code, message] of rows) {
    const result = await shell(script);
    assertEquals(result.code, code, `${script}: ${result.stderr}`);
    assertStringIncludes(result.stderr, message);
    assertMatch(result.stderr, /^llama: [^\n]+\n$/);
    assertEquals(result.stdout, "");
  }
});

Deno.test("a truncated checkpoint and a prompt beyond the context are told with the numbers", async () => {
  const folder = await Deno.makeTempDir();
  const golden = `${ROOT}testdata/golden/gqa_bf16`;
  try {
    await Deno.copyFile(`${golden}/config.json`, `${folder}/config.json`);
    const bytes = await Deno.readFile(`${golden}/model.safetensors`);
    await Deno.writeFile(`${folder}/model.safetensors`, bytes.subarray(0, bytes.length - 1));
    const record = JSON.stringify({ prompt: [1, 2] });
    const truncated = await llama(["run", "-m", folder, "--jsonl"], record);
    assertEquals([truncated.code, truncated.stdout], [3, ""]);
    assertMatch(truncated.stderr, /^llama: [^\n]*model\.safetensors[^\n]+\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const long = JSON.stringify({ prompt: Array(65).fill(1) }) + "\n" +
    JSON.stringify({ prompt: [1, 5], id: "b" });
  const { code, stdout } = await llama(["run", "-m", golden, "--jsonl", "-n", "2", "--greedy"], long);
  const [bad, good] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertStringIncludes(bad.error, "the prompt has 65 tokens, the model's context holds 64");
  assertEquals([code, good.id, good.text, good.tokens.length], [3, "b", null, 2]);
});

Deno.test("no adapter: said on one line with code 4, and no matter to tokenize, inspect and help", async () => {
  const env = { DENO_WEBGPU_BACKEND: "vulkan", VK_ICD_FILENAMES: "/dev/null", VK_DRIVER_FILES: "/dev/null" };
  const run = await llama(["run", "x"], undefined, env);
  assertEquals([run.code, run.stdout], [4, ""]);
  assertMatch(run.stderr, /^llama: [^\n]+\n$/);
  for (const args of [["tokenize", "x"], ["detokenize", "5"], ["inspect", "--json"], ["run", "--help"]]) {
    const { code, stderr } = await llama(args, undefined, env);
    assertEquals([code, stderr], [0, ""], args.join(" "));
  }
});

Deno.test("a reader that goes away ends the command silently with 141", async () => {
  const child = start(["run", "--greedy", "--ignore-eos", "-n", "400", FACT]);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const stderr = new TextDecoder().decode((await Array.fromAsync(child.stderr))[0]);
  assertEquals([(await child.status).code, stderr], [141, ""]);
});

Deno.test("a reader that goes away ends the command even where stdin stays open", async () => {
  const child = start(["run", "--lines", "--greedy", "--ignore-eos", "-n", "400"], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${FACT}\n`.repeat(9)));
  await child.stdout.cancel();
  assertEquals((await child.status).code, 141);
  await Promise.all([writer.abort().catch(() => {}), child.stderr.cancel()]);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends a wait for stdin, and generation, with ${code}`, async () => {
    const waiting = start(["tokenize", "--lines"], "piped");
    const writer = waiting.stdin.getWriter();
    await writer.write(new TextEncoder().encode("a\n"));
    const reader = waiting.stdout.getReader();
    // The first answer shows that the command is at work, and so listens.
    assert(!(await reader.read()).done);
    waiting.kill(signal);
    assertEquals((await waiting.status).code, code);
    await Promise.all([writer.abort().catch(() => {}), reader.cancel(), waiting.stderr.cancel()]);

    const generating = start(["run", "--greedy", "--ignore-eos", "-n", "400", FACT]);
    const text = generating.stdout.getReader();
    assert(!(await text.read()).done);
    generating.kill(signal);
    assertEquals((await generating.status).code, code);
    await Promise.all([text.cancel(), generating.stderr.cancel()]);
  });
}

Deno.test("the same seed gives the same text alone, in a batch and with --json, which tells all", async () => {
  const options = ["--seed", "7", "-n", "12", "--temperature", "1"];
  const alone = await llama(["run", ...options, "The sun"]);
  const batch = await llama(["run", "--lines", ...options], "Water is\nThe sun\nA river\n");
  assertEquals(batch.stdout.split("\n")[1] + "\n", alone.stdout);
  const json = await llama(["run", "--json", "--logprobs", "2", ...options, "The sun"]);
  const object = JSON.parse(json.stdout);
  assertEquals(object.text.replace(/\n?$/, "\n"), alone.stdout);
  assertEquals([object.seed, object.index, object.id, object.prompt], [7, 0, null, "The sun"]);
  assertEquals(object.tokens.length, object.usage.completion_tokens);
  assertEquals(object.logprobs.map((entry: { token: number }) => entry.token), object.tokens);
});

Deno.test("records are answered in order; bad ones in place with code 3", async () => {
  const input =
    '{"prompt":"The sun","id":"a","max_new_tokens":2}\n{"prompt":7,"id":"b"}\n{"prompt":"Water"}\n';
  const { code, stdout } = await llama(["run", "--jsonl", "--json", "--greedy", "-n", "3"], input);
  const objects = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(code, 3);
  assertEquals(objects.map(({ index, id }) => [index, id]), [[0, "a"], [1, "b"], [2, null]]);
  assertEquals(objects[0].tokens.length, 2);
  assertStringIncludes(objects[1].error, "prompt");
});

Deno.test("score agrees with run about the tokens of a prompt", async () => {
  const { code, stdout } = await llama(["score", "--top", "2", "--logits", FACT]);
  const { tokens, logprobs, top, logits, loss, perplexity } = JSON.parse(stdout);
  assertEquals(code, 0);
  const ids = (await llama(["tokenize", FACT])).stdout.trim().split(" ").map(Number);
  assertEquals(tokens, ids);
  assertEquals([logprobs.length, top.length, logits.length], [ids.length, ids.length, ids.length]);
  assertEquals([logprobs[0], top[0], top[1].length], [null, null, 2]);
  const mean = -logprobs.slice(1).reduce((sum: number, value: number) => sum + value, 0) / (ids.length - 1);
  assert(Math.abs(mean - loss) < 1e-4 && Math.abs(Math.exp(loss) / perplexity - 1) < 1e-4);
});

Deno.test("inspect, devices and bench answer in JSON", async () => {
  const model = JSON.parse((await llama(["inspect", "--json"])).stdout);
  assertEquals(model.config.model_type, "llama");
  assertEquals(Object.keys(model.memory.weights), ["float32", "float16", "bfloat16", "int4"]);
  assert(model.memory.cache_per_token > 0 && model.parameters > 0 && model.tensors.length > 0);
  const devices = JSON.parse((await llama(["devices", "--json"])).stdout);
  assertEquals(devices.filter((device: { default: boolean }) => device.default).length, 1);
  const bench = JSON.parse((await llama(["bench", "-p", "16", "-n", "4", "-r", "2", "--json"])).stdout);
  assertEquals(bench.tests.map((test: { name: string }) => test.name), ["pp16", "tg4"]);
  assertEquals(bench.tests[0].runs.length, 2);
  assert(bench.copy_gb_per_second > 0 && bench.bytes_per_token > 0);
});
