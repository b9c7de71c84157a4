/** `llama run`: contract, part 2. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Expected, table } from "../support/contract.ts";

/** Checks that the objects hold these prompts, in order. */
const prompts = (...expected: unknown[]): Expected => ({
  json: (objects) => {
    assertEquals(objects.map(({ prompt }) => prompt), expected);
    assertEquals(objects.map(({ index }) => index), expected.map((_, i) => i));
  },
});
/** Checks that all lines are equal: the commands before `echo` all print the same line. */
const alike = (lines: number): Expected => ({ out: new RegExp(`^([^\\n]+\\n)\\1{${lines - 1}}$`) });

const RUN = "llama run --greedy -n 1 --json";

table("run: where the prompt comes from", [
  [`${RUN} 'The sun'`, prompts("The sun")],
  [`${RUN} ''`, prompts("")],
  [`printf 'The\nsun\n\n' | ${RUN}`, prompts("The\nsun\n")],
  [`printf 'a\\0b\\r\\n' | ${RUN} -- --greedy`, prompts("--greedy\na\0b")],
  [`echo 'The sun' >$T/a; ${RUN} --file $T/a -p Say:`, prompts("Say:\nThe sun")],
]);

// `tokenize` uses the same reader and starts faster.
const sun: Expected = { out: "1 300 790\n" };
table("where text comes from", [
  ["llama tokenize 'The sun' </dev/null", sun],
  ["llama tokenize -p 'The sun'", sun],
  ["llama tokenize --prompt='The sun'", sun],
  ["printf 'The sun' | llama tokenize", sun],
  ["printf 'The sun\\n' | llama tokenize", sun],
  ["printf 'The sun\\r\\n' | llama tokenize", sun],
  [": | llama tokenize 'The sun'", sun],
  ["echo 'The sun' >$T/a; llama tokenize -f $T/a", sun],
  ["echo 'The sun' >$T/b; llama tokenize <$T/b", sun],
  ["echo 'The sun' | llama tokenize -f -", sun],
  ["echo 'The sun' | llama tokenize -", sun],
  ["echo 'The sun' | llama tokenize -f /dev/stdin", sun],
  ["echo sun | llama tokenize The - | llama detokenize", { out: "The\nsun\n" }],
  ["echo sun | llama tokenize -- - | llama detokenize", { out: "-\nsun\n" }],
  ["echo 1 300 790 | llama detokenize -", { out: "The sun\n" }],
  ["llama tokenize <<'END'\nThe sun\nEND", sun],
  ["mkfifo $T/fifo; echo 'The sun' >$T/fifo & llama tokenize -f $T/fifo", sun],
  ["(printf 'The '; sleep 0.3; printf 'sun') | llama tokenize", sun],
  ["echo 'The sun' | llama tokenize Say: | llama detokenize", { out: "Say:\nThe sun\n" }],
  ["llama tokenize -p -x | llama detokenize", { out: "-x\n" }],
  ["llama tokenize -- '--lines' | llama detokenize", { out: "--lines\n" }],
  ["(printf '\\303'; sleep 0.3; printf '\\251') | llama tokenize | llama detokenize", { out: "é\n" }],
]);

table("run: --lines and --jsonl", [
  [`printf 'The sun\\n\\nWater' | ${RUN} --lines`, prompts("The sun", "", "Water")],
  [`printf 'The sun\\r\\nWater\\r\\n' | ${RUN} --lines`, prompts("The sun", "Water")],
  [`printf 'The sun\\nWater\\n' >$T/a; ${RUN} --lines -f $T/a --batch-size 1`, prompts("The sun", "Water")],
  ["printf 'The sun\\nWater\\nRain\\n' | llama run --lines --greedy -n 2", { out: /^([^\n]+\n){3}$/ }],
  ["printf 'a\\nb\\377\\nc\\n' | llama run --lines --greedy -n 2", {
    code: 3,
    out: /^([^\n]+\n){2}$/,
    err: "stdin, line 2: expected UTF-8, got ff at byte 3",
  }],
  [`echo '{"prompt":[1,300,790]}' | ${RUN} --jsonl`, prompts([1, 300, 790])],
  [`printf '{"prompt":"a"}\\n\\n{"prompt":"b"}' | ${RUN} --jsonl`, prompts("a", "b")],
  [
    `echo '{"prompt":"a","id":{"x":[1]}}' | ${RUN} --jsonl`,
    { json: ([{ id }]) => assertEquals(id, { x: [1] }) },
  ],
  [
    `printf '{"prompt":"a","max_new_tokens":3}\\n{"prompt":"b"}\\n' | ${RUN} --jsonl`,
    { json: (objects) => assertEquals(objects.map(({ tokens }) => tokens.length), [3, 1]) },
  ],
  [
    `echo '{"prompt":"The sun","max_new_tokens":6,"do_sample":true,"temperature":1,"top_k":0,"top_p":0.9,` +
    `"min_p":0.01,"seed":18446744073709551615,"repetition_penalty":1.1,"min_new_tokens":2,"ignore_eos":true,` +
    `"num_return_sequences":2,"stop":["zzz"],"logprobs":1,"raw":true,"parse_special":false}' | ${RUN} --jsonl`,
    {
      out: /"seed":18446744073709551615,/,
    },
  ],
  [
    `echo '{"prompt":"The sun","seed":5,"do_sample":true,"max_new_tokens":6,"num_return_sequences":3}' | ${RUN} --jsonl`,
    {
      json: (objects) =>
        assertEquals(objects.map(({ index, seed }) => [index, seed]), [[0, 5], [0, 5], [0, 5]]),
    },
  ],
]);

const BAD: [record: string, message: string][] = [
  ["not json", "expected JSON"],
  ['{"prompt":"a"', "expected JSON"],
  ["[1]", 'expected an object with "prompt", got a list'],
  ["{}", "prompt: expected text or a list of token ids, got nothing"],
  ['{"prompt":7}', "got 7"],
  ['{"prompt":null}', "got null"],
  ['{"prompt":[1.5]}', "prompt[0]: expected a token id, got 1.5"],
  ['{"prompt":[1,-1]}', "prompt[1]: expected a token id, got -1"],
  ['{"prompt":["a"]}', 'got "a"'],
  ['{"prompt":[]}', "at least one token"],
  ['{"prompt":[3072]}', "expected an id below the vocabulary's 3072, got 3072"],
  ['{"prompt":"\\ud800"}', "lone surrogate"],
  ['{"prompt":"a","temperature":-1}', "temperature: expected a number of at least 0, got -1"],
  ['{"prompt":"a","temperature":"1"}', "temperature: "],
  ['{"prompt":"a","top_p":0}', "top_p: "],
  ['{"prompt":"a","top_k":1.5}', "top_k: "],
  ['{"prompt":"a","max_new_tokens":0}', "max_new_tokens: "],
  ['{"prompt":"a","seed":-1}', "seed: "],
  ['{"prompt":"a","seed":18446744073709551616}', "seed: "],
  ['{"prompt":"a","stop":""}', "stop: "],
  ['{"prompt":"a","stop":[1]}', "stop: "],
  ['{"prompt":"a","greedy":1}', "greedy: expected true or false"],
  ['{"prompt":"a","greedy":true,"do_sample":true}', "contradict"],
  ['{"prompt":"a","temprature":1}', 'did you mean "temperature"?'],
  ['{"prompt":"a","model":"x"}', 'unknown field "model"'],
];

table("run: each bad record is answered in its place, the others run, the code is 3", [
  [`${RUN} --jsonl -f $T/records`, {
    code: 3,
    err: `${BAD.length} records failed; the first: `,
    json: (objects) => {
      assertEquals(objects.length, BAD.length + 2);
      assertEquals(objects.map(({ index }) => index), objects.map((_, i) => i));
      assertEquals([objects[0].id, objects[0].tokens.length, objects.at(-1).tokens.length], ["first", 1, 1]);
      BAD.forEach(([record, message], i) => {
        const { error, ...others } = objects[i + 1];
        assertStringIncludes(error, message, record);
        assertMatch(error, new RegExp(`records, line ${i + 2}: [^\\n]+$`));
        assertEquals(others, { index: i + 1, id: null });
      });
    },
  }],
  [`printf '{"prompt":"a"}\\n{"id":1}\\n{"prompt":"b"}\\n' | llama run --greedy -n 1 --jsonl`, {
    code: 3,
    out: /^[^\n]+\n[^\n]+\n$/,
    err: "stdin, line 2: prompt: expected text",
  }],
], async (folder) => {
  const good = ['{"prompt":"The sun","id":"first"}', '{"prompt":"Water"}'];
  const records = [good[0], ...BAD.map(([record]) => record), good[1]];
  await Deno.writeTextFile(`${folder}/records`, records.join("\n"));
});

/** Records on stdin, one object each. */
const records = (list: unknown[], flags = "") =>
  `llama run --jsonl --json ${flags} <<'END'\n${
    list.map((record) => JSON.stringify(record)).join("\n")
  }\nEND`;
const FACT = "Plants create energy through a process known as";

table("run: generation options", [
  // Greedy in every spelling.
  [
    records(
      [
        { greedy: true },
        { do_sample: false },
        { temperature: 0 },
        { do_sample: true, top_k: 1 },
        { top_p: 1e-9 },
        { min_p: 1 },
        { temperature: 1e-4 },
      ].map((options) => ({ prompt: "The sun", max_new_tokens: 4, ...options })),
    ),
    { json: (objects) => assertEquals(new Set(objects.map(({ text }) => text)).size, 1) },
  ],
  ["for o in '--greedy' '--temperature 0' '--top-k 1'; do llama run -n 4 $o 'The sun'; done", alike(3)],
  // A seed gives the same text alone, in a batch of any size, and as a record.
  [
    "for b in 1 3; do yes 'The sun' | head -n 4 | llama run --lines --seed 9 -n 6 --temperature 1 --batch-size $b; done;" +
    "llama run --seed 9 -n 6 --temperature 1 'The sun'",
    alike(9),
  ],
  [
    records(
      [{ prompt: "The sun", max_new_tokens: 8, num_return_sequences: 4 }, { prompt: "x", id: 0 }],
      "--seed 3 --temperature 2 -n 2",
    ),
    {
      json: (objects) => {
        assertEquals(objects.map(({ index, id }) => [index, id]), [...Array(4).fill([0, null]), [1, 0]]);
        assertEquals(objects.map(({ seed }) => seed), Array(5).fill(3));
        assert(new Set(objects.map(({ text }) => text)).size > 2, "sequences of a seed differ");
      },
    },
  ],
  // A fact soon ends by itself; not without EOS, nor before the minimum length.
  [
    records(
      [{}, { min_new_tokens: 40 }, { ignore_eos: true }, { stop: ["zzz", "synth"] }, { stop: " photo" }]
        .map((options) => ({ prompt: FACT, ...options })),
      "--greedy -n 50",
    ),
    {
      json: ([plain, least, ignored, stopped, empty]) => {
        assertEquals([plain.finish_reason, plain.tokens.at(-1)], ["stop", 2]);
        assert(!plain.text.includes("</s>") && plain.tokens.length < 40);
        assert(least.tokens.length >= 40 && !least.tokens.slice(0, 40).includes(2));
        assertEquals([ignored.finish_reason, ignored.tokens.length], ["length", 50]);
        assertEquals([stopped.text, stopped.finish_reason], [" photo", "stop"]);
        assertEquals([empty.text, empty.finish_reason], ["", "stop"]);
        assertEquals(stopped.tokens.length, stopped.usage.completion_tokens);
      },
    },
  ],
  [`llama run --greedy -n 20 --stop zzz --stop=synth '${FACT}'`, { out: " photo\n" }],
  ["llama run --greedy -n 30 --repetition-penalty 1e9 --ignore-eos --json 'The sun'", {
    json: ([{ tokens }]) => assertEquals(new Set(tokens).size, tokens.length),
  }],
  [
    records(
      [{ prompt: "The sun", raw: true }, { prompt: "a</s>", parse_special: true }, { prompt: "a</s>" }],
      "-n 1",
    ),
    { json: (objects) => assertEquals(objects.map(({ usage }) => usage.prompt_tokens), [2, 3, 6]) },
  ],
  ["llama run --raw --max-length 8 --greedy --ignore-eos --json 'The sun'", {
    json: ([{ tokens, finish_reason, usage }]) =>
      assertEquals([tokens.length, finish_reason, usage.prompt_tokens], [6, "length", 2]),
  }],
  [
    "for c in static dynamic; do llama run --cache $c --max-length 99 --greedy -n 4 'The sun'; done",
    alike(2),
  ],
  // The same text in any storage type, as long as the differences are small.
  [
    "for d in float32 float16 bfloat16 int8; do llama run --kv-cache $d --greedy -n 8 'The sun'; done",
    alike(4),
  ],
  ["for d in float32 bfloat16; do llama run --dtype $d --greedy -n 4 'The sun'; done", alike(2)],
]);

table("run: output", [
  ["llama run --greedy -n 2 'The sun'", { out: /^[^\n]+\n$/ }],
  ["llama run --greedy -n 2 --echo 'The sun'", { out: /^The sun[^\n]+\n$/ }],
  ["echo '{\"prompt\":[1,300,790]}' | llama run --greedy -n 2 --echo --jsonl", { out: /^The sun[^\n]+\n$/ }],
  ["llama run --greedy -n 2 --json --logprobs 3 'The sun'", {
    json: ([object]) => {
      const keys = "index,id,prompt,text,tokens,finish_reason,seed,usage,timings,logprobs".split(",");
      assertEquals(Object.keys(object), keys);
      const { index, id, tokens, finish_reason, usage, timings, logprobs } = object;
      assertEquals([index, id, finish_reason], [0, null, "length"]);
      assertEquals(usage, { prompt_tokens: 3, completion_tokens: 2 });
      const names = "load_ms,prompt_ms,generate_ms,prompt_tokens_per_second,tokens_per_second".split(",");
      assertEquals(Object.keys(timings), names);
      assert(Object.values(timings).every((value) => typeof value === "number" && value > 0));
      assertEquals(logprobs.map(({ token }: { token: number }) => token), tokens);
      for (const { token, logprob, top } of logprobs) {
        assertEquals([top.length, top[0]], [3, [token, logprob]], "greedy takes the best");
        assert(top[0][1] >= top[1][1] && top[1][1] >= top[2][1] && top[0][1] <= 0);
      }
    },
  }],
  ["llama run --greedy -n 1 --json --logprobs 0 x", {
    json: ([{ logprobs }]) => assertEquals(logprobs[0].top, []),
  }],
  ["llama run -v --seed 5 -n 2 x", { err: /^llama: loaded [^]* seed 5[^]* tokens\/s\n$/ }],
  ["llama run -q -n 2 x", {}],
  ["llama run --progress always -n 2 x", { err: /\rloading █[^\n]*\r *\r$/ }],
  // Token ids need no tokenizer.
  [
    "echo '{\"prompt\":[1,5]}' | llama run -m testdata/golden/gqa_bf16 --jsonl --json -n 2",
    { json: ([{ text, tokens }]) => assertEquals([text, tokens.length], [null, 2]) },
  ],
  ["echo '{\"prompt\":[1,5]}' | llama run -m testdata/golden/gqa_bf16 --jsonl --json --stop a", {
    code: 2,
    err: "--stop needs a tokenizer",
  }],
]);
