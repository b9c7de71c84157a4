/** Everyday shell pipelines: those of README.md and others. */
import { assertEquals } from "@std/assert";
import { type Row, table } from "../support/contract.ts";

const TWO: Row[1] = { out: /^[^\n]+\n[^\n]+\n$/ };
const ONE: Row[1] = { out: /^[^\n]+\n$/ };
/** A folder with two texts; one has a space in its name. */
const TEXTS = "d=$(mktemp -d -p $T); echo 'The sun' >$d/a.txt; echo Water >\"$d/b c.txt\"; cd $d;";
const RUN = "llama run --greedy -n 2";

table("everyday pipelines", [
  [`${TEXTS} for f in *.txt; do ${RUN} -f "$f" >"\${f%.txt}.out"; done; cat a.out 'b c.out'`, TWO],
  [`${TEXTS} printf '%s\\0' *.txt | xargs -0 -n 1 "$LLAMA_UNDER_TEST" run --greedy -n 2 -f`, TWO],
  [`${TEXTS} printf 'a\\nb\\n' | xargs -n 1 -P 2 "$LLAMA_UNDER_TEST" tokenize | sort`, {
    out: "1 266\n1 287\n",
  }],
  [`${TEXTS} find . -name '*.txt' -exec "$LLAMA_UNDER_TEST" tokenize --count -f {} \\; | sort`, {
    out: "2\n3\n",
  }],
  [`${TEXTS} cat *.txt | while read -r l; do llama tokenize "$l" </dev/null; done`, {
    out: "1 300 790\n1 1555\n",
  }],
  [`${TEXTS} llama tokenize "$(cat a.txt)"`, { out: "1 300 790\n" }],
  [`${TEXTS} ${RUN} -f a.txt | tee log >out; cmp out log && cat log`, ONE],
  [`printf 'The sun\\nWater\\n' | ${RUN} --lines | tr a-z A-Z`, TWO],
  [`grep -h model README.md | head -n 3 | llama tokenize --lines --count | sort -n | tail -n 1`, ONE],
  [
    // Input and output as with jq.
    `${TEXTS} for f in *.txt; do printf '{"prompt":"%s","id":"%s"}\\n' "$(cat "$f")" "$f"; done |` +
    ` ${RUN} --jsonl --json`,
    { json: (objects) => assertEquals(objects.map(({ id }) => id), ["a.txt", "b c.txt"]) },
  ],
  [`(${RUN} 'The sun' & ${RUN} Water & wait)`, TWO],
  [`timeout -s INT 60 "$LLAMA_UNDER_TEST" tokenize x`, { out: "1 2977 3015\n" }],
  [`${TEXTS} ln -s "$LLAMA_UNDER_TEST" 'my llama'; './my llama' tokenize x`, { out: "1 2977 3015\n" }],
  [`nohup "$LLAMA_UNDER_TEST" tokenize x 2>/dev/null`, { out: "1 2977 3015\n" }],
  [`llama tokenize x 3>&1 | cat`, { out: "1 2977 3015\n" }],
]);

// Deno and its packages are found where the machine has them: in PATH and in DENO_DIR.
const BARE = 'env -i PATH="$PATH" DENO_DIR="$DENO_DIR"';

table("bare surroundings", [
  ["llama tokenize x <&-", { out: "1 2977 3015\n" }],
  ["llama run -n 1 <&-", { code: 2, err: "stdin is empty" }],
  ["llama tokenize x 2>&-", { out: "1 2977 3015\n" }],
  ["llama run --nope 2>&-; echo $?", { out: "2\n" }],
  [`${BARE} HOME=$T XDG_RUNTIME_DIR=relative "$LLAMA_UNDER_TEST" run --greedy -n 2 'The sun'`, ONE],
  [`mkdir $T/home; chmod 555 $T/home; HOME=$T/home XDG_CACHE_HOME= llama tokenize x`, {
    out: "1 2977 3015\n",
  }],
  [`cd / && "$LLAMA_UNDER_TEST" tokenize x`, { out: "1 2977 3015\n" }],
  ["LC_ALL=C LANG=C llama tokenize é | LC_ALL=C llama detokenize", { out: "é\n" }],
  ["llama tokenize x 2>&1 >/dev/null </dev/null", { out: "" }],
]);

// A line that exceeds any context costs only the time to read it.
const LONG_LINE = "{ echo a; yes 'the quick brown fox' | tr '\\n' ' ' | head -c 5000000; echo; echo b; }";
const FAR_TOO_LONG = "stdin, line 2: the prompt has more than 2048 tokens (5000000 characters), " +
  "the model's context holds 1024";

table("awkward texts", [
  ["head -c 3000000 /dev/zero | tr '\\0' a | llama tokenize --count", { out: /^\d+\n$/ }],
  ["head -c 3000000 /dev/zero | tr '\\0' a | llama run", { code: 3, err: "the model's context holds 1024" }],
  ["{ head -c 70000000 /dev/zero | tr '\\0' a; echo; echo b; } | llama tokenize --lines", {
    code: 3,
    err: "stdin, line 1: expected at most 67108864 bytes",
    out: "1 287\n",
  }],
  [`${LONG_LINE} | llama run --lines --greedy -n 1`, {
    code: 3,
    err: FAR_TOO_LONG,
    out: /^[^\n]+\n[^\n]+\n$/,
  }],
  [`${LONG_LINE} | sed 's/.*/{"prompt":"&"}/' | llama score --jsonl`, {
    code: 3,
    err: FAR_TOO_LONG,
    json: ([first, second, third, ...more]) => {
      assertEquals([first.tokens.length, third.tokens.length, more.length], [2, 2, 0]);
      assertEquals(Object.keys(second), ["index", "id", "error"]);
    },
  }],
  ["printf 'a\\r\\nb\\r\\n' | llama tokenize --lines", { out: "1 266\n1 287\n" }],
  ['printf \'\\357\\273\\277{"prompt":"a"}\\r\\n\' | llama tokenize --jsonl', { out: "1 266\n" }],
  ["printf '\\357\\273\\277a' | llama tokenize --json | grep -c EF", { out: "1\n" }],
  ["llama run '-The sun'", { code: 2, err: 'unknown option "-The sun"; what begins with a dash' }],
  ["llama tokenize -- '-a' | llama detokenize", { out: "-a\n" }],
  ["printf -- '-a' | llama tokenize | llama detokenize", { out: "-a\n" }],
  ["printf 'a\\0b' | llama tokenize | llama detokenize | od -An -c | tr -d ' '", { out: "a\\0b\\n\n" }],
  ["printf '   ' | llama tokenize | llama detokenize", { out: "  \n" }],
  ["printf 'a\\033[31mb' | llama tokenize | llama detokenize", { out: "a\x1b[31mb\n" }],
  ["llama tokenize -m \"$(printf 'a\\033[31m\\nb')\" x", { code: 4, err: /^llama: [ -~]+\n$/ }],
]);
