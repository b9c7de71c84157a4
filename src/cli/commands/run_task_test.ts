import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FakeIo, runMain } from "../../../tests/support/cli.ts";

const ROOT = fromFileUrl(new URL("../../../", import.meta.url));
const folder = (name: string) => `${ROOT}testdata/tasks/${name}`;

interface Call {
  inputs: string | { question: string; context: string };
  options: { top_k?: number };
  result: unknown;
}

async function calls(name: string): Promise<Call[]> {
  return JSON.parse(await Deno.readTextFile(`${folder(name)}/expected.json`)).calls;
}

/** Asserts that two JSON values are equal except for the last digits of scores. */
function assertSame(got: string, want: unknown) {
  const rounded = (text: string) =>
    JSON.parse(text, (key, value) => key === "score" ? Number(value.toPrecision(2)) : value);
  assertEquals(rounded(got), rounded(JSON.stringify(want)));
}

async function run(args: string[], input?: string) {
  const [name, ...others] = args;
  return await runMain(
    ["run", "-m", folder(name), ...others],
    new FakeIo(input === undefined ? undefined : [input]),
  );
}

Deno.test("run --task text-classification: the best label of each prompt", async () => {
  const best = (await calls("text_three")).filter(({ options }) => options.top_k === 1);
  const input = best.map(({ inputs }) => inputs + "\n").join("");
  const { code, stdout, stderr } = await run(
    ["text_three", "--task", "text-classification", "--lines"],
    input,
  );
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, best.length);
  lines.forEach((line, i) => assertSame(line, best[i].result));
});

Deno.test("run --task text-classification: records, some of them wrong", async () => {
  const input = [
    '{"prompt": "a", "top_k": 3}',
    '{"prompt": [0, 1]}',
    '{"prompt": [420], "id": 7}',
    '{"prompt": "a", "seed": 1}',
    '{"prompt": "a", "top_k": 0}',
  ].join("\n");
  const { code, stdout, stderr } = await run(
    ["text_three", "--task", "text-classification", "--jsonl"],
    input,
  );
  assertEquals(code, 3);
  assertMatch(stderr, /^llama: 3 records failed; the first: stdin, line 3: [^\n]*\n$/);
  const values = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(values[0].map(({ label }: { label: string }) => label).toSorted(), ["bad", "fair", "good"]);
  assertEquals(values[1].length, 1);
  assertEquals([values[2].index, values[2].id], [2, 7]);
  assertStringIncludes(values[2].error, "prompt[0]: expected an id below the vocabulary's 420");
  assertStringIncludes(values[3].error, "seed has no meaning for the task text-classification");
  assertStringIncludes(values[4].error, "top_k: expected a whole number from 1 on, got 0");
});

Deno.test("run --task token-classification: through the launcher", async () => {
  const [{ inputs, result }] = await calls("tokens_words");
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}llama`, {
    args: ["run", "-m", folder("tokens_words"), "--task", "token-classification", inputs as string],
    stdin: "null",
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertSame(new TextDecoder().decode(stdout), result);
});

Deno.test("run --task question-answering: records, and a question about a text that is piped in", async () => {
  const best = (await calls("question_right")).filter(({ options }) =>
    Object.keys(options).join() === "top_k" && options.top_k === 1
  );
  const input = best.map(({ inputs }) => JSON.stringify(inputs)).join("\n") + '\n{"question": "?"}\n';
  const { code, stdout, stderr } = await run(
    ["question_right", "--task", "question-answering", "--jsonl"],
    input,
  );
  assertEquals(code, 3);
  assertStringIncludes(stderr, "context: expected text, got nothing");
  const lines = stdout.trimEnd().split("\n");
  assertEquals(lines.length, best.length + 1);
  best.forEach(({ result }, i) => assertSame(lines[i], result));

  const { question, context } = best[0].inputs as { question: string; context: string };
  const piped = await run(["question_right", "--task", "question-answering", question], context);
  assertEquals([piped.code, piped.stderr], [0, ""]);
  assertSame(piped.stdout, best[0].result);
});

Deno.test("run --task: contradictory options are reported in one line", async () => {
  const rows: [string[], string | undefined, number, string][] = [
    [
      ["text_three", "--task", "text-classifcation", "a"],
      undefined,
      2,
      'did you mean "text-classification"?',
    ],
    [
      ["text_three", "--task", "text-classification", "-n", "3", "a"],
      undefined,
      2,
      "--max-new-tokens has no meaning",
    ],
    [["text_three", "--task", "text-classification", "--echo", "a"], undefined, 2, "--echo has no meaning"],
    [["text_three", "--task", "text-classification", "--top-k", "0", "a"], undefined, 2, "--top-k: expected"],
    [
      ["tokens_words", "--task", "token-classification", "--top-k", "2", "a"],
      undefined,
      2,
      "--top-k has no meaning",
    ],
    [["text_three", "--task", "token-classification", "a"], undefined, 3, "missing tensors: score.bias"],
    [["text_three", "--task", "question-answering", "a"], "b", 3, "qa_outputs.weight"],
    [["question_right", "--task", "text-classification", "a"], undefined, 3, "score.weight"],
    [["question_right", "--task", "question-answering", "a"], undefined, 2, "no context for the question"],
    [["question_right", "--task", "question-answering", "--lines"], "a", 2, "give --jsonl"],
    [["question_right", "--task", "question-answering"], undefined, 2, "no prompt"],
    [["question_right", "--task", "question-answering"], "Who?", 3, "expected JSON"],
    [
      ["text_three", "--task", "text-classification", "--max-length", "2"],
      "a b c d e",
      3,
      "the context holds 2",
    ],
  ];
  for (const [args, input, code, part] of rows) {
    const ending = await run(args, input);
    assertEquals(ending.code, code, args.join(" "));
    assertMatch(ending.stderr, /^llama: [^\n]*\n$/, args.join(" "));
    assertStringIncludes(ending.stderr, part);
  }
});

Deno.test("run -v names the tensors of the checkpoint that a task has no use for", async () => {
  const copy = await Deno.makeTempDir();
  try {
    for (const { name } of Deno.readDirSync(folder("tokens_words"))) {
      await Deno.copyFile(`${folder("tokens_words")}/${name}`, `${copy}/${name}`);
    }
    const config = JSON.parse(await Deno.readTextFile(`${copy}/config.json`));
    await Deno.writeTextFile(`${copy}/config.json`, JSON.stringify({ ...config, tie_word_embeddings: true }));
    const generation = await runMain(["run", "-m", copy, "-v", "--greedy", "-n", "1", "a"]);
    assertEquals(generation.code, 0);
    assertMatch(generation.stderr, /unexpected tensors, not loaded: score\.bias, score\.weight\n/);
    const task = await runMain(["run", "-m", copy, "-v", "--task", "text-classification", "a"]);
    assertEquals(task.code, 0);
    assert(task.stderr.includes("loaded "), task.stderr);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});
