/** Beam search and prompt lookup through the launcher: transformers' tokens, and their output. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Row, table } from "../support/contract.ts";

interface Case {
  covers: string;
  checkpoint: string;
  inputs:
    & { inputIds: number[][]; eosTokenId: number[]; numReturnSequences?: number }
    & Record<
      string,
      unknown
    >;
  sequences: number[][];
}

const cases: Case[] = JSON.parse(
  await Deno.readTextFile(new URL("../../testdata/golden/beam.json", import.meta.url)),
);

/** A golden case as a record, and the check of its result. */
function golden(covers: string): Row {
  const { checkpoint, inputs: { inputIds: [ids], padTokenId: _, ...options }, sequences } = cases.find((
    one,
  ) => one.covers === covers)!;
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const record = {
    prompt: ids,
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [snake(name), value])),
  };
  const model = checkpoint === "default" ? "" : `-m testdata/golden/${checkpoint}`;
  return [`echo '${JSON.stringify(record)}' | llama run ${model} --jsonl --json --greedy`, {
    json: (got) => {
      assertEquals(got.length, options.numReturnSequences ?? 1);
      got.forEach(({ tokens, finish_reason, usage }, i) => {
        // The library pads rows that end early.
        assertEquals(tokens, sequences[i].slice(ids.length, ids.length + tokens.length));
        const ends = [options.eosTokenId].flat();
        assertEquals(finish_reason, ends.includes(tokens.at(-1)) ? "stop" : "length");
        assertEquals(usage.completion_tokens, tokens.length);
        if (finish_reason === "length") assertEquals(tokens.length, options.maxNewTokens);
      });
    },
  }];
}

const PARIS = "'The capital of France is'";
const MIXED = [
  { prompt: "The sun", id: "plain" },
  { prompt: "The capital of France is", id: "beams", num_beams: 3, num_return_sequences: 2 },
  { prompt: "x", id: "bad", num_beams: 2, num_return_sequences: 3 },
  { prompt: "The capital of France is", id: "stop", num_beams: 2, stop: ["is"], early_stopping: "never" },
  { prompt: "The sun", id: "guessed", prompt_lookup_num_tokens: 3 },
].map((record) => `echo '${JSON.stringify(record)}'`).join(";");

table("beam search and prompt lookup", [
  golden("length_penalty -1.5 favours short ones"),
  golden("the default model, penalties"),
  [`llama run --num-beams 4 --greedy -n 24 --echo ${PARIS}`, {
    out: "The capital of France is named Paris.\n",
  }],
  [`llama run --num-beams 4 --num-return-sequences 2 --greedy -n 24 ${PARIS}`, {
    out: " named Paris.\n called Paris.\n",
  }],
  [`llama run --num-beams 4 --greedy -n 24 --stop ar ${PARIS}`, { out: " named P\n" }],
  [
    `printf 'The capital of France is\\nThe capital of Italy is\\n' | llama run --lines --num-beams 2 --greedy`,
    {
      out: /^ named Paris\.\n[^\n]+\n$/,
    },
  ],
  [`(${MIXED}) | llama run --jsonl --json --greedy -n 12`, {
    code: 3,
    err: "1 record failed",
    json: (got) => {
      assertEquals(got.map(({ id }) => id), ["plain", "beams", "beams", "bad", "stop", "guessed"]);
      const [plain, first, second, bad, stop, guessed] = got;
      assertEquals(guessed.tokens, plain.tokens);
      assertEquals([first.text, second.text], [" named Paris.", " called Paris."]);
      assertStringIncludes(bad.error, "expected at most --num-beams, 2");
      assertEquals([stop.finish_reason, stop.text], ["stop", " named Par"]);
    },
  }],
  [`llama run --prompt-lookup 4 --greedy -n 24 --json --logprobs 1 ${PARIS} ${PARIS}`, { code: 2 }],
  [`llama run --prompt-lookup 4 --seed 3 -n 24 --json --logprobs 1 ${PARIS}`, {
    json: ([{ tokens, logprobs }]) => {
      assert(tokens.length > 0);
      assertEquals(logprobs.map(({ token }: { token: number }) => token), tokens);
    },
  }],
  [`llama run --num-beams 2 --num-return-sequences 3 x`, { code: 2, err: "at most --num-beams, 2" }],
  [`llama run --num-beams 2 --prompt-lookup 3 x`, { code: 2, err: "do not go together" }],
  [`llama run --num-beams 0 x`, { code: 2, err: "--num-beams: expected an integer from 1" }],
  [`llama run --prompt-lookup 0 x`, { code: 2, err: "--prompt-lookup: expected an integer from 1" }],
]);
