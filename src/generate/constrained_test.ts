import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { defaultModelFolder } from "../checkpoint/files/locate.ts";
import type { Constraint } from "../constraint/constraint.ts";
import { Constraints } from "../constraint/constraints.ts";
import { LlamaTokenizer, LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { LlamaForCausalLM } from "./llama_for_causal_lm.ts";
import { tokenVocabulary } from "./sampling/token_vocabulary.ts";

const path = defaultModelFolder();
const tokenizer = await LlamaTokenizerFast.fromPretrained(path);
const WORDS: Constraint = { kind: "regex", pattern: " (big|small) [a-z]{2,8}\\." };

Deno.test("generate: a constraint holds every row to its language; what it lacks is refused", async () => {
  using model = await LlamaForCausalLM.fromPretrained(path);
  const inputIds = [tokenizer.encode("Lily saw a"), tokenizer.encode("The")];
  const given = { inputIds, tokenizer, seed: 3, maxNewTokens: 20, doSample: true, temperature: 2, topK: 0 };
  const rows = await model.generate({ ...given, constraint: WORDS });
  rows.forEach((row, i) => {
    const end = row.indexOf(tokenizer.eosTokenId!, inputIds[i].length);
    if (end < 0) return;
    const text = tokenizer.decode(row.slice(0, end)).slice(tokenizer.decode(inputIds[i]).length);
    assertMatch(text, /^ (big|small) [a-z]{2,8}\.$/);
  });
  assert(rows.some((row) => row.includes(tokenizer.eosTokenId!)));
  assertEquals(await model.generate({ ...given, constraint: null }), await model.generate(given));
  const refuse = (more: object, message: string) =>
    assertRejects(() => model.generate({ ...given, constraint: WORDS, ...more }), Error, message);
  await refuse({ numBeams: 2, doSample: false }, "constraint: expected numBeams 1");
  await refuse({ guidanceScale: 2 }, "constraint: it does not go with guidanceScale");
  await refuse({ tokenizer: null }, "constraint: expected a LlamaTokenizerFast");
  await refuse(
    { tokenizer: await LlamaTokenizer.fromPretrained(path) },
    "constraint: expected a LlamaTokenizerFast",
  );
  await refuse({ constraint: { kind: "regex", pattern: "(" } }, "generate: constraint: regular expression");
});

/** Texts that a first token may begin, after prompts: twenty states. */
const STATES = ["The", "Once upon a time", "Plants need", "Lily was a girl. She", "Water is"].flatMap((
  prompt,
) =>
  ["( [a-z]+)+", " (the|a|in|on|is|was|to|and|of)( .*)?", "[a-zA-Z ]{3}", ".*[.,]"].map((pattern) => ({
    prompt,
    pattern,
  }))
);
const DRAWS = 100;

Deno.test("constraints: tokens are drawn from the renormalised distribution", async () => {
  using model = await LlamaForCausalLM.fromPretrained(path);
  const constraints = new Constraints(await tokenVocabulary(tokenizer, model.config.vocabSize));
  // Of the distribution itself, and of one of another temperature, which must be told apart.
  const sums = [1, 1.6].map((temperature) => ({ temperature, chi: 0, freedom: 0 }));
  for (const [i, { prompt, pattern }] of STATES.entries()) {
    const constraint = { kind: "regex", pattern } as const;
    const ids = tokenizer.encode(prompt);
    const { logits } = await model.forward({ inputIds: [ids], logitsToKeep: 1 });
    const values = [...await logits!.data()];
    const { bits } = constraints.of(constraint).start().mask();
    const rows = await model.generate({
      ...{ inputIds: [ids], tokenizer, constraint, seed: i + 1, numReturnSequences: DRAWS },
      ...{ maxNewTokens: 1, doSample: true, temperature: 1, topK: 0, topP: 1 },
    });
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(row[ids.length], (counts.get(row[ids.length]) ?? 0) + 1);
    for (const sum of sums) {
      const weights = values.map((value, id) =>
        bits[id >> 5] >>> (id & 31) & 1 ? Math.exp(value / sum.temperature) : 0
      );
      const total = weights.reduce((a, b) => a + b, 0);
      // Rare tokens are one class.
      let [rare, rareCount, classes] = [0, 0, 0];
      const add = (expected: number, count: number) => {
        sum.chi += (count - expected) ** 2 / expected;
        classes++;
      };
      weights.forEach((weight, id) => {
        const expected = DRAWS * weight / total;
        const count = counts.get(id) ?? 0;
        if (weight === 0) assertEquals(count, 0, `${pattern} allows no ${id}`);
        else if (expected >= 3) add(expected, count);
        else [rare, rareCount] = [rare + expected, rareCount + count];
      });
      if (rare >= 1) add(rare, rareCount);
      sum.freedom += classes - 1;
    }
  }
  const [own, other] = sums.map(({ chi, freedom }) => (chi - freedom) / Math.sqrt(2 * freedom));
  assert(own < 4, `chi-square ${own.toFixed(1)} deviations above its mean`);
  assert(other > 10, `another temperature: ${other.toFixed(1)}`);
});
