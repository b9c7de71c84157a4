/** Output of the other commands: contract, parts 1 and 3. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { table } from "../support/contract.ts";

const GOLDEN = "testdata/golden/gqa_bf16";
const REPOSITORY = "owner/name";

table("help and version", [
  ["llama --version", { out: /^llama \d+\.\d+\.\d+\n$/ }],
  ...["--help", "help"].map((args) =>
    [`llama ${args}`, { out: /^llama .*\n[^]*Usage: llama COMMAND/ }] as const
  ),
  ...["run", "score", "tokenize", "detokenize", "inspect", "pull", "devices", "bench", "completions"].flatMap(
    (name) =>
      [`${name} --help`, `help ${name}`].map((args) =>
        [`llama ${args}`, {
          out: new RegExp(`^llama ${name}: [^]*Usage: llama ${name} [^]*\nExamples:\n`),
        }] as const
      ),
  ),
  ["llama run -h --whatever", { out: /^llama run: / }],
  ...["bash", "zsh", "fish"].map((shell) =>
    [`llama completions ${shell}`, { out: /max-new-tokens/ }] as const
  ),
  [
    "llama completions bash >$T/c; ! command -v bash >/dev/null && echo --temperature ||\n" +
    "bash -c '. $T/c; COMP_WORDS=(llama run --temp) COMP_CWORD=2; _llama; echo ${COMPREPLY[@]}'",
    { out: "--temperature\n" },
  ],
]);

table("score", [
  ["llama score 'The sun is a star.'", {
    json: ([object]) => {
      assertEquals(Object.keys(object), ["index", "id", "tokens", "logprobs", "loss", "perplexity"]);
      const { index, id, tokens, logprobs, loss, perplexity } = object;
      assertEquals([index, id, tokens[0], logprobs[0], logprobs.length], [0, null, 1, null, tokens.length]);
      const mean = -logprobs.slice(1).reduce((a: number, b: number) => a + b) / (tokens.length - 1);
      assertAlmostEquals(loss, mean, 1e-6);
      assertAlmostEquals(perplexity, Math.exp(loss), 1e-3 * perplexity);
    },
  }],
  [
    `printf '%s\\n' '{"prompt":"The sun","id":"a"}' '{"prompt":[1]}' '{"prompt":[300,790],"raw":true}' 7 |
    llama score --jsonl --top 2 --logits`,
    {
      code: 3,
      err: "stdin, line 4: expected an object",
      json: ([text, one, ids, bad]) => {
        assertEquals([text.id, one.id, bad.index], ["a", null, 3]);
        assertEquals([text.tokens, one.tokens, ids.tokens], [[1, 300, 790], [1], [300, 790]]);
        assertEquals([one.logprobs, one.loss, one.perplexity, one.top], [[null], null, null, [null]]);
        assertEquals([text.top[0], text.top[1].length, text.top.length], [null, 2, 3]);
        assertEquals([text.logits.length, text.logits[0].length], [3, 3072]);
        // logits[i] belongs to the position after token i; top and logprobs are shifted by one.
        const row: number[] = text.logits[0];
        const sum = Math.log(row.reduce((total, value) => total + Math.exp(value), 0));
        assertAlmostEquals(row[300] - sum, text.logprobs[1], 1e-4);
        assertEquals(text.top[1][0][0], row.indexOf(Math.max(...row)));
      },
    },
  ],
  ["printf 'The sun\\nWater\\n' | llama score --lines --raw", {
    json: (objects) =>
      assertEquals(objects.map(({ index, tokens }) => [index, tokens[0]]), [[0, 300], [1, 1555]]),
  }],
  [`echo '{"prompt":[1,5]}' | llama score -m ${GOLDEN} --jsonl`, {
    json: ([{ tokens }]) => assertEquals(tokens, [1, 5]),
  }],
]);

table("tokenize and detokenize", [
  ["printf 'The sun\\n\\nHi\\n' | llama tokenize --lines", { out: "1 300 790\n1\n1 374 2984\n" }],
  ["printf 'Hi\\n\\nHi\\n' | llama tokenize --lines --raw --count", { out: "2\n0\n2\n" }],
  ["llama tokenize --raw ''", { out: "\n" }],
  ["llama tokenize --raw 'The sun'", { out: "300 790\n" }],
  ["printf 'The sun\\nHi\\n' | llama tokenize --lines --count", { out: "3\n3\n" }],
  ["llama tokenize --json 'The sun'", {
    out: '{"index":0,"id":null,"ids":[1,300,790],"tokens":["<s>","▁The","▁sun"]}\n',
  }],
  [`printf '{"prompt":"Hi","id":[7]}\\n{"prompt":[1,300]}\\n{}\\n' | llama tokenize --jsonl --json`, {
    code: 3,
    json: ([first, second, bad]) => {
      assertEquals(first, { index: 0, id: [7], ids: [1, 374, 2984], tokens: ["<s>", "▁H", "i"] });
      assertEquals(second, { index: 1, id: null, ids: [1, 300], tokens: ["<s>", "▁The"] });
      assertEquals(Object.keys(bad), ["index", "id", "error"]);
    },
    err: "stdin, line 3",
  }],
  ["llama tokenize 'a</s>' | llama detokenize --parse-special", { out: "<s> a</s>\n" }],
  ["llama tokenize --parse-special '</s>'", { out: "1 2\n" }],
  ["llama detokenize 1 300 790 2", { out: "The sun\n" }],
  ["llama detokenize --parse-special 1 300 790 2", { out: "<s> The sun</s>\n" }],
  ["llama detokenize 1,300,790", { out: "The sun\n" }],
  ["echo '1, 300,790' | llama detokenize", { out: "The sun\n" }],
  ["llama detokenize '[1, 300, 790]'", { out: "The sun\n" }],
  ["llama tokenize --json 'The sun' | llama detokenize", { out: "The sun\n" }],
  ["printf 'The sun\\nHi\\n' | llama tokenize --lines | llama detokenize --lines", { out: "The sun\nHi\n" }],
  ["llama tokenize 'The sun' >$T/ids; llama detokenize -f $T/ids", { out: "The sun\n" }],
  ["printf 'é𝄞\\n\\n' | llama tokenize | llama detokenize", { out: "é𝄞\n" }],
]);

const isInspect = ([object]: Record<string, unknown>[]) => {
  assertEquals(Object.keys(object), ["path", "config", "parameters", "files", "tensors", "memory"]);
  // deno-lint-ignore no-explicit-any -- the test reads the fields that it expects
  const { config, parameters, files, tensors, memory } = object as any;
  assertEquals([config.model_type, config.hidden_size, config.rope_theta], ["llama", 192, 10000]);
  const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  // deno-lint-ignore no-explicit-any -- as above
  assertEquals(parameters, tensors.reduce((sum: number, { shape }: any) => sum + count(shape), 0));
  assertEquals(Object.keys(tensors[0]), ["name", "dtype", "shape", "bytes", "file"]);
  assertEquals(files.length, 1);
  assertEquals(Object.keys(memory), ["weights", "cache_per_token", "activations", "staging"]);
  const { float32, float16, bfloat16, int4 } = memory.weights;
  // Norms are float32 in every storage type.
  assert(float32 === 4 * parameters && float16 === bfloat16 && int4 < float16 && memory.cache_per_token > 0);
  assert(float16 >= 2 * parameters && float16 < 2.01 * parameters, `${float16} bytes of float16`);
};

/** auto, float16, float32, int8: the built-in model's weights are in 16 bits. */
const keepsLess = (objects: Record<string, { cache_per_token: number }>[]) => {
  const [auto, float16, float32, int8] = objects.map(({ memory }) => memory.cache_per_token);
  assert(auto === float16 && int8 < float16 && float16 < float32, `${[auto, float16, float32, int8]}`);
};

table("models: a folder, a file, a hub id in the cache, the built-in one", [
  ["llama inspect --json", { json: isInspect }],
  ["llama inspect", {
    out: /\nmodel\.layers\.\*\.mlp\.up_proj\.weight +BF16 +\[640, 192\] +× 4 +983\.0 kB\n/,
  }],
  ["llama inspect --tensors", {
    out: /\nmodel\.layers\.3\.mlp\.up_proj\.weight +BF16 +\[640, 192\] +245\.8 kB\n/,
  }],
  ["for d in auto float16 float32 int8; do llama inspect --json --kv-cache $d; done", { json: keepsLess }],
  ["llama inspect --json testdata/default-model", { json: isInspect }],
  ["llama inspect --json -m testdata/default-model/model.safetensors", { json: isInspect }],
  ["LLAMA_MODEL=testdata/default-model llama inspect --json", { json: isInspect }],
  ["llama inspect | head -n 3", { out: /2,459,328 parameters in 38 tensors/ }],
  ...([
    { HF_HUB_CACHE: "/hub", HF_HOME: "/none", XDG_CACHE_HOME: "/none" },
    { HF_HUB_CACHE: "", HF_HOME: "/home", XDG_CACHE_HOME: "/none" },
    { HF_HUB_CACHE: "", HF_HOME: "", XDG_CACHE_HOME: "/xdg" },
  ].map((env) => {
    const set = Object.entries(env).map(([name, path]) => path ? `${name}=$T${path}` : `${name}=`).join(" ");
    return [`${set} HF_HUB_OFFLINE=1 llama inspect --json -m ${REPOSITORY}`, { json: isInspect }] as const;
  })),
], async (folder) => {
  // The cache's layout: refs name a commit, snapshots hold links into blobs.
  for (const hub of ["hub", "home/hub", "xdg/huggingface/hub"]) {
    const repository = `${folder}/${hub}/models--owner--name`;
    const snapshot = `${repository}/snapshots/0123456789012345678901234567890123456789`;
    await Deno.mkdir(`${repository}/refs`, { recursive: true });
    await Deno.mkdir(`${repository}/blobs`);
    await Deno.mkdir(snapshot, { recursive: true });
    await Deno.writeTextFile(`${repository}/refs/main`, "0123456789012345678901234567890123456789");
    for (const file of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(`testdata/default-model/${file}`, `${repository}/blobs/${file}`);
      await Deno.symlink(`../../blobs/${file}`, `${snapshot}/${file}`);
    }
  }
});

table("devices and bench", [
  ["llama devices --json", {
    json: ([devices]) => {
      const keys = [
        "index",
        "name",
        "vendor",
        "type",
        "description",
        "features",
        "limits",
        "default",
        "backend",
      ];
      for (const device of devices) {
        assertEquals(Object.keys(device).filter((key) => key !== "address"), keys);
        assert(["discrete", "integrated", "cpu", "unknown"].includes(device.type));
        assert(device.limits.maxBufferSize > 0);
      }
      assertEquals(devices.filter((device: { default: boolean }) => device.default).length, 1);
    },
  }],
  ["llama devices", { out: /^0 {2}.+, the default\n/ }],
  ["llama run --device 0 --greedy -n 1 x", {}],
  [`llama bench -m ${GOLDEN} -p 8 -n 2,4 -r 2 --json`, {
    json: ([report]) => {
      assertEquals(
        Object.keys(report).sort(),
        ("bytes_per_token copy_gb_per_second device dispatches_per_token dtype encode_ms_per_token load_gb_per_second " +
          "load_ms model quantization submits_per_token tests").split(" "),
      );
      // deno-lint-ignore no-explicit-any -- the test reads the fields that it expects
      assertEquals(report.tests.map(({ name, tokens, runs }: any) => [name, tokens, runs.length]), [
        ["pp8", 8, 2],
        ["tg2", 2, 2],
        ["tg4", 4, 2],
      ]);
      const { tokens_per_second, runs } = report.tests[0];
      assertAlmostEquals(tokens_per_second, (runs[0] + runs[1]) / 2, 1e-6 * tokens_per_second);
      for (const [name, value] of Object.entries(report)) {
        if (/_/.test(name)) assert((value as number) > 0, name);
      }
    },
  }],
]);

const TASKS = "testdata/tasks";

table("other tasks", [
  [`printf 'good\nbad\n' | llama run --lines -m ${TASKS}/text_three --task text-classification`, {
    json: (values) => {
      assertEquals(values.map((value) => value.length), [1, 1], "the best label");
      assertEquals(Object.keys(values[0][0]), ["label", "score"]);
    },
  }],
  [`llama run -m ${TASKS}/text_three --task text-classification --top-k 2 good`, {
    json: ([[first, second, ...more]]) => assert(first.score >= second.score && more.length === 0),
  }],
  [`llama run -m ${TASKS}/tokens_words --task token-classification 'The river is warm.'`, {
    json: ([entities]) => {
      for (const entity of entities) {
        assertEquals(Object.keys(entity), ["entity", "score", "index", "word", "start", "end"]);
      }
    },
  }],
  [
    `echo '{"question":"Who?","context":"Ada wrote it."}' | llama run -m ${TASKS}/question_right --task question-answering`,
    {
      json: ([answer]) => {
        assertEquals(Object.keys(answer), ["score", "start", "end", "answer"]);
        assertEquals(answer.answer, "Ada wrote it.".slice(answer.start, answer.end));
      },
    },
  ],
  [`llama run --task text-classification good`, { code: 3, err: "score" }],
  [`echo '{"question":"Who?"}' | llama run -m ${TASKS}/question_right --task question-answering`, {
    code: 3,
    err: "context: expected text",
    out: /^{"index":0,"id":null,"error":"[^"]+context: expected text, got nothing"}\n$/,
  }],
]);
