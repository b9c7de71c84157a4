/** Exit codes: contract, part 4. Signals and closed pipes are in launcher_test.ts. */
import { ROOT, type Row, table } from "../support/contract.ts";

const usage = (line: string, err: string | RegExp): Row => [line, { code: 2, err }];
const data = (line: string, err: string | RegExp): Row => [line, { code: 3, err }];
const environment = (line: string, err: string | RegExp): Row => [line, { code: 4, err }];

table("2: unknown command, flag, shell, task, dtype, with the nearest name", [
  usage("llama", "no command: expected one of run, "),
  usage("llama rnu", 'unknown command "rnu"; did you mean "run"?'),
  usage("llama frobnicate", 'unknown command "frobnicate"; expected one of run, '),
  usage("llama --greedy", "expected a command before --greedy"),
  usage("llama help skore", 'did you mean "score"?'),
  usage("llama run --temprature 1 x", "did you mean --temperature?"),
  usage("llama run --nope x", "`llama run --help` lists them"),
  usage("llama run -Z x", "unknown option -Z"),
  usage("llama score --greedy x", "unknown option --greedy"),
  usage("llama completions fis", 'did you mean "fish"?'),
  usage("llama completions powershell", 'unknown shell "powershell"; expected one of bash, zsh, fish'),
  usage("llama completions", "expected one shell"),
  usage("llama run --task text-generaton x", 'did you mean "text-generation"?'),
  usage("llama run --dtype float8 x", "expected one of auto, float32, float16, bfloat16"),
  usage("llama run --kv-cache int4 x", "--kv-cache: expected one of auto, float32, float16, bfloat16, int8"),
  usage("llama inspect --kv-cache flaot16", 'did you mean "float16"?'),
  usage("llama serve --cors example.com", "--cors: expected * or an origin such as https://example.com"),
  usage("llama run --cache big x", "expected one of static, dynamic"),
  usage("llama run --quantize int3 x", 'did you mean "int4"?'),
  usage("llama run --progress sometimes x", "expected one of auto, always, never"),
]);

table(
  "2: values out of range",
  [
    ["--temperature nan", "--temperature -1", "--temperature 1e999", "--temperature=", "--temperature 0,5"],
    ["--top-k -1", "--top-k 1.5", "--top-p 0", "--top-p 1.1", "--min-p -0.1", "--min-p 2"],
    ["--repetition-penalty 0", "--repetition-penalty -1", "--num-return-sequences 0", "--batch-size 0"],
    ["-n 0", "-n -1", "-n 0x10", "-n ''", "-n ' 1'", "-n 1e3", "-n 2147483648", "--min-new-tokens -1"],
    ["--seed -1", "--seed 18446744073709551616", "--seed 1.5", "--max-length 0", "--device -1", "--device x"],
    ["--stop ''", "--logprobs -1 --json"],
  ].flat().map((flags) => usage(`llama run ${flags} x`, /^llama: -[-a-z]+: expected [^\n]+, got "/)),
);

table("2: what contradicts or is missing or is too much", [
  usage("llama run --greedy --do-sample x", "contradict"),
  usage("llama run --do-sample --temperature 0 x", "contradicts --temperature 0"),
  usage("llama run -q -v x", "contradict"),
  usage("llama run --lines --jsonl </dev/null", "contradict"),
  usage("llama tokenize --count --json x", "contradict"),
  usage("llama run --seed 1 --seed 2 x", "given twice"),
  usage("llama run --length-penalty abc x", '--length-penalty: expected a number, got "abc"'),
  usage("llama tokenize - -", "- is given twice"),
  usage("llama run -n 1 --max-new-tokens 2 x", "given twice"),
  usage("llama run --greedy=1 x", "takes no value"),
  usage("llama run x -n", "-n needs a value: an integer"),
  usage("llama run x -m", "-m needs a value"),
  usage("llama run a b", "put quotes around the prompt"),
  usage("llama run -p a b", "both prompts"),
  usage("echo x | llama run --lines y", "drop the prompt"),
  usage("llama run --logprobs 1 x", "--logprobs needs --json"),
  usage("llama run --max-length 9999 x", "expected at most the model's 1024, got 9999"),
  usage("llama score --max-length 9999 x", "got 9999"),
  usage("llama devices x", "expected no argument"),
  usage("llama bench x", "expected no argument"),
  usage("llama bench -p 0 -n 0", "nothing to measure"),
  usage("llama bench -p 9999", "expected at most the model's 1024 tokens, got 9999"),
  usage("llama inspect a b", "expected one model"),
  usage("llama inspect -m a b", "both name a model"),
  usage("llama pull", "expected one hub id"),
  usage("llama pull name", "expected a hub id (owner/name)"),
]);

table("2: no input, and empty stdin", [
  usage("llama run", "stdin is empty: expected a prompt there, as an argument or with -p"),
  usage("llama run --lines", "stdin is empty"),
  usage("llama score", "stdin is empty: expected a prompt there, as an argument or with -p"),
  usage("llama tokenize", "stdin is empty: expected a prompt there, as an argument or with -p"),
  usage("llama detokenize", "stdin is empty: expected token ids"),
  usage(": | llama run", "stdin is empty"),
  usage("echo | llama run", "stdin is empty"),
  usage(": | llama run --lines", "stdin is empty: expected one prompt a line"),
  usage(": | llama run --jsonl", "stdin is empty: expected one record a line"),
  usage(": | llama score", "stdin is empty"),
  usage(": | llama tokenize", "stdin is empty"),
  usage(": | llama detokenize", "stdin is empty: expected token ids"),
  usage("llama run -f /dev/null", "/dev/null is empty"),
]);

const GOLDEN = "testdata/golden/gqa_bf16";
const ids = (count: number) => `{"prompt":[${Array(count).fill(1)}]}`;

table("3: model, tokenizer, prompt, record", [
  data("printf 'a\\377' | llama run", "stdin: expected UTF-8, got ff at byte 1"),
  data("printf 'ab\\342\\202' | llama run", "stdin: expected UTF-8, got e2 82 at byte 2"),
  data("printf 'a\\355\\240\\200' | llama tokenize", "expected UTF-8, got ed"),
  data("printf 'a\\377' | llama score", "at byte 1"),
  data("printf '1 \\377' | llama detokenize", "at byte 2"),
  data("printf 'a\\377' >$T/bad.txt; llama run -f $T/bad.txt", /bad\.txt: expected UTF-8/),
  data("llama run --max-length 4 'The sun is a big star'", "the prompt has 7 tokens, --max-length holds 4"),
  data("yes sun | head -n 2000 | llama run", /the prompt has \d+ tokens, the model's context holds 1024/),
  data("yes sun | head -n 2000 | llama score", /the prompt has \d+ tokens, the model's context holds 1024/),
  [`echo '${ids(65)}' | llama run -m ${GOLDEN} --jsonl --json`, {
    code: 3,
    err: "has 65 tokens, the model's context holds 64",
    out: /^{"index":0,"id":null,"error":"[^"]*has 65 tokens[^"]* 64"}\n$/,
  }],
  [`echo '${ids(64)}' | llama run -m ${GOLDEN} --jsonl --json`, {
    code: 3,
    err: "no room",
    out: /"error":"[^"]*has 64 tokens/,
  }],
  data("llama run -m README.md x", "README.md: expected a folder or a .safetensors file"),
  data(`llama run -m ${GOLDEN} x`, "the model has no tokenizer.json or tokenizer.model"),
  data(`llama tokenize -m ${GOLDEN} x`, "expected tokenizer.json or tokenizer.model, got neither"),
  data("llama detokenize 99999", "expected one below the vocabulary's 3072, got 99999"),
  data("llama detokenize 1 x", 'expected a token id, got "x"'),
  data("llama detokenize '[1,'", "expected JSON"),
  data("llama detokenize '[1.5]'", "got 1.5"),
  data("llama detokenize -- -1", 'got "-1"'),
]);

table("3: a model's files", [
  data("llama inspect $T/truncated", /truncated\/model\.safetensors/),
  data("echo '{\"prompt\":[1]}' | llama run --jsonl -m $T/truncated", /truncated\/model\.safetensors/),
  data("llama inspect $T/shards", /absent\.safetensors/),
  data("llama inspect $T/config", /config\/config\.json/),
  data("llama tokenize -m $T/config x", /tokenizer\.json/),
  data("llama inspect $T/other", /model_type/),
], async (folder) => {
  const model = `${ROOT}testdata/default-model`;
  const make = async (name: string, files: Record<string, string | Uint8Array>) => {
    await Deno.mkdir(`${folder}/${name}`);
    for (const [file, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${folder}/${name}/${file}`, bytes);
    }
  };
  const config = await Deno.readTextFile(`${model}/config.json`);
  const weights = await Deno.readFile(`${model}/model.safetensors`);
  await make("truncated", { "config.json": config, "model.safetensors": weights.subarray(0, -1) });
  await make("shards", {
    "config.json": config,
    "model.safetensors.index.json": '{"weight_map":{"model.norm.weight":"absent.safetensors"}}',
  });
  await make("config", { "config.json": config.slice(0, 40), "tokenizer.json": "{" });
  await make("other", { "config.json": config.replace('"llama"', '"mamba"'), "model.safetensors": weights });
});

table("4: GPU, disk, network, files that are not there", [
  environment("llama run -m no/such/model x", "no/such/model"),
  environment("llama score -m no/such/model x", "no/such/model"),
  environment("llama tokenize -m no/such/model x", "no/such/model"),
  environment("llama detokenize -m no/such/model 1", "no/such/model"),
  environment("llama bench -m no/such/model", "no/such/model"),
  environment("llama inspect no/such/model", "no/such/model"),
  ["llama run x", { code: 4, err: "no/such/model", env: { LLAMA_MODEL: "no/such/model" } }],
  environment("mkdir $T/empty; llama inspect $T/empty", "empty/config.json"),
  environment("mkdir $T/none; llama run -m $T/none x", "none/config.json"),
  environment("llama run -f no/such/file", "no/such/file: cannot read"),
  environment("llama tokenize -f src", "src"),
  environment("llama run <src", "stdin: expected text, got a directory"),
  environment("llama tokenize <src", "stdin: expected text, got a directory"),
  environment("llama detokenize <src", "stdin: expected text, got a directory"),
  environment("llama tokenize x >/dev/full", "stdout: cannot write"),
  environment("llama run -n 2 x >/dev/full", "stdout: cannot write"),
  environment("llama --help >/dev/full", "stdout: cannot write"),
  environment("llama run --device 99 x", "no GPU 99"),
  ["llama run -m owner/name x", { code: 4, err: "owner/name", env: { HF_HUB_OFFLINE: "1" } }],
  ["llama pull owner/name", { code: 4, err: "HF_HUB_OFFLINE", env: { HF_HUB_OFFLINE: "1" } }],
  ["llama pull owner/name", {
    code: 4,
    err: "127.0.0.1",
    env: { HF_ENDPOINT: "http://127.0.0.1:1", HF_HUB_OFFLINE: "" },
  }],
]);

const NO_DRIVER = {
  DENO_WEBGPU_BACKEND: "vulkan",
  VK_ICD_FILENAMES: "/dev/null",
  VK_DRIVER_FILES: "/dev/null",
};

table("no adapter: 4 where one is needed, no matter elsewhere", [
  ...["run x", "score x", "bench", "devices"].map((args): Row => [
    `llama ${args}`,
    { code: 4, err: "GPU", env: NO_DRIVER },
  ]),
  ...["tokenize x", "detokenize 5", "inspect --json", "--help", "--version", "run --help", "completions bash"]
    .map((args): Row => [`llama ${args}`, { env: NO_DRIVER }]),
]);

table("a stack trace only with LLAMA_DEBUG=1", [
  ["LLAMA_DEBUG=1 llama run --nope 2>&1; echo $?", {
    out: /\n +at [^]+\nllama: unknown option --nope [^\n]+\n2\n$/,
  }],
]);
