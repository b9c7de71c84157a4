/** `llama chat`, `mask`, `quantize`, `doctor` and the rarer options: contract, parts 1 to 4. */
import { assert, assertEquals } from "@std/assert";
import { type Row, table } from "../support/contract.ts";

const usage = (line: string, err: string | RegExp): Row => [line, { code: 2, err }];
const NO_DRIVER = {
  DENO_WEBGPU_BACKEND: "vulkan",
  VK_ICD_FILENAMES: "/dev/null",
  VK_DRIVER_FILES: "/dev/null",
};

table("mask", [
  ["llama mask --json 'The sun'", {
    out: '{"tokens":["<s>","▁The","▁sun"],"mask":[[1,0,0],[1,1,0],[1,1,1]]}\n',
    env: NO_DRIVER,
  }],
  ["printf 'The sun\\n' | llama mask --raw --json", {
    json: ([{ tokens, mask }]) => assertEquals([tokens.length, mask], [2, [[1, 0], [1, 1]]]),
  }],
  ["llama mask 'The sun' | cat", { out: /'▁sun'.*■ ■ ■/ }],
  ["llama mask --png $T/m.png x >/dev/null && head -c 8 $T/m.png | od -An -tx1", {
    out: " 89 50 4e 47 0d 0a 1a 0a\n",
    env: NO_DRIVER,
  }],
  ["llama mask --html $T/m.html x >/dev/null && head -c 9 $T/m.html", { out: /^<!doctype/i, env: NO_DRIVER }],
  ["llama mask --png $T/none/m.png --json x", { code: 4, err: "none/m.png", out: /^{"tokens"|^$/ }],
  usage("llama mask", "stdin is empty"),
  usage(": | llama mask", "stdin is empty"),
  ["printf 'a\\377' | llama mask", { code: 3, err: "expected UTF-8" }],
]);

table("chat", [
  ["printf 'hello\\nwho are you?\\n' | llama chat --greedy -n 4", { out: /^[^\n]+\n[^\n]+\n$/ }],
  [": | llama chat", { out: "" }],
  ["llama chat </dev/null", { out: "" }],
  ["printf '/help\\n' | llama chat 2>/dev/null", { out: "" }],
  ["printf 'a\\377\\n' | llama chat", { code: 3, err: "stdin, line 1: expected UTF-8" }],
  ["llama chat <src", { code: 4, err: "got a directory" }],
  ["echo hi | llama chat -n 2 >/dev/full", { code: 4, err: "stdout: cannot write" }],
  usage("llama chat x", "expected no argument"),
  usage("llama chat --lines", "unknown option --lines"),
]);

const [IN, FACT] = ["testdata/default-model", "Plants create energy through a process known as"];

table("quantize, and int4 while loading", [
  [
    `llama quantize --group-size 32 ${IN} $T/out 2>/dev/null && llama inspect --json $T/out; ` +
    `llama run -m $T/out --greedy -n 3 --json '${FACT}'; llama run --quantize int4 --group-size 32 --greedy -n 3 --json '${FACT}'`,
    {
      json: ([inspected, written, loaded]) => {
        assertEquals(inspected.config.quantization_config.group_size, 32);
        assertEquals(written.tokens, loaded.tokens);
      },
    },
  ],
  usage("llama quantize", "IN and OUT"),
  usage(`llama quantize ${IN}`, "IN and OUT"),
  usage(`llama quantize ${IN} $T/a b`, "IN and OUT"),
  usage(`llama quantize ${IN} ${IN}`, "the same"),
  usage(`llama quantize ${IN} ./testdata/../${IN}/`, "the same"),
  usage(`llama quantize --group-size 33 ${IN} $T/b`, "expected one of 32, 64, 128, 256"),
  usage("llama run --group-size 64 x", "--quantize int4"),
  ["llama quantize no/such/model $T/c; code=$?; ls $T/c 2>/dev/null; (exit $code)", {
    code: 4,
    err: "no/such/model",
  }],
  [`llama quantize ${IN} README.md/out`, { code: 4, err: "README.md" }],
]);

table("the rarer options", [
  [
    "llama run --jsonl --json --greedy -n 9 --ignore-eos <<'END'\n" +
    '{"prompt":"The sun","bad_words":["flow"]}\n{"prompt":"The sun","no_repeat_ngram_size":1}\n' +
    '{"prompt":"The sun","num_beams":2,"num_return_sequences":3}\nEND',
    {
      code: 3,
      err: "stdin, line 3: ",
      json: ([without, once, bad]) => {
        assert(!/^flow/.test(without.text));
        assertEquals(new Set(once.tokens).size, 9);
        assert(
          bad.error.startsWith("stdin, line 3: --num-return-sequences 3: expected at most --num-beams, 2"),
        );
      },
    },
  ],
  ...[
    "--typical-p 0",
    "--typical-p 1.1",
    "--epsilon-cutoff -1",
    "--eta-cutoff 2",
    "--no-repeat-ngram-size -1",
  ]
    .map((flags) => usage(`llama run ${flags} x`, /: expected a/)),
  ...["--num-beams 0", "--num-beams x", "--prompt-lookup 0", "--bad-words ''", "--length-penalty nan"]
    .map((flags) => usage(`llama run ${flags} x`, /: expected /)),
  usage("llama run --num-beams 2 --num-return-sequences 3 x", "at most --num-beams"),
  usage("llama run --num-beams 2 --prompt-lookup 2 x", "do not go together"),
]);

table("doctor", [
  ["llama doctor", { code: 4, err: "no GPU", env: NO_DRIVER }],
  usage("llama doctor x", "expected no argument"),
]);
