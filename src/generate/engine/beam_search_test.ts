import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { type BeamOptions, type BeamRules, BeamSearch } from "./beam_search.ts";

const OPTIONS: BeamOptions = {
  numBeams: 2,
  lengthPenalty: 1,
  earlyStopping: false,
  maxNewTokens: 3,
  eosTokenIds: [],
  doSample: false,
  removeInvalidValues: false,
};
const RULES: BeamRules = { process: () => {}, isOver: () => false, uniform: () => 0.5 };

/** Logits of a three-token model that depends on the last two tokens. */
function logitsAfter(tokens: readonly number[]): Float32Array {
  const [a, b] = [tokens.at(-1) ?? 0, tokens.at(-2) ?? 0];
  return Float32Array.from([0, 1, 2], (token) => Math.sin(1 + token * 2.3 + a * 1.7 + b * 0.9) * 2);
}

function run(
  options: Partial<BeamOptions> = {},
  rules: Partial<BeamRules> = {},
  note?: (logits: Float32Array, token: number) => unknown,
): BeamSearch {
  const search = new BeamSearch([7], { ...OPTIONS, ...options }, { ...RULES, ...rules }, note);
  search.advance([logitsAfter([])]);
  while (!search.done) search.advance(search.running.map(({ tokens }) => logitsAfter(tokens)));
  return search;
}

/** Every sequence of `length` tokens with its log-probability, best first. */
function exhaustive(length: number): { tokens: number[]; score: number }[] {
  let all = [{ tokens: [] as number[], score: 0 }];
  for (let step = 0; step < length; step++) {
    all = all.flatMap(({ tokens, score }) => {
      const logits = logitsAfter(tokens);
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return [0, 1, 2].map((token) => ({
        tokens: [...tokens, token],
        score: score + logits[token] - total,
      }));
    });
  }
  return all.sort((a, b) => b.score - a.score);
}

Deno.test("a wide enough search finds the best sequences", () => {
  const want = exhaustive(3).slice(0, 9);
  const got = run({ numBeams: 9 }).results(9);
  assertEquals(got.map(({ tokens }) => tokens), want.map(({ tokens }) => tokens));
  got.forEach(({ score }, i) => assertAlmostEquals(score, want[i].score / 3, 1e-5));
});

Deno.test("sequences extend their declared parents", () => {
  const search = new BeamSearch([7], { ...OPTIONS, numBeams: 3, maxNewTokens: 5 }, RULES);
  let before: (readonly number[])[] = [[], [], []];
  search.advance([logitsAfter([])]);
  while (!search.done) {
    search.rows.forEach(({ token, parent }, i) =>
      assertEquals(search.running[i].tokens, [...before[parent], token])
    );
    before = search.running.map(({ tokens }) => tokens);
    search.advance(before.map((tokens) => logitsAfter(tokens)));
  }
});

Deno.test("processors see prompt and tokens, rules end sequences, notes follow the tokens", () => {
  const seen: number[][] = [];
  const search = run(
    { maxNewTokens: 4 },
    { process: (ids) => seen.push([...ids]), isOver: (tokens) => tokens.length === 2 },
    (_, token) => `token ${token}`,
  );
  assertEquals(seen[0], [7]);
  assert(seen.slice(1).every((ids) => ids[0] === 7 && ids.length === 2));
  for (const { tokens, notes } of search.results(2)) {
    assertEquals(tokens.length, 2);
    assertEquals(notes, tokens.map((token) => `token ${token}`));
  }
});

Deno.test("sampled sequences depend only on the random numbers", () => {
  const process = (_: readonly number[], scores: Float32Array) => void scores.fill(-Math.log(3));
  const draw = (value: number) =>
    run(
      { doSample: true, maxNewTokens: 4 },
      { process, uniform: (step, n) => (value + step * 0.37 + n * 0.11) % 1 },
    ).results(1)[0].tokens;
  assertEquals(draw(0.2), draw(0.2));
  assert(new Set([0, 0.2, 0.4, 0.6, 0.8].map((value) => String(draw(value)))).size > 1);
});

Deno.test("non-finite logits are reported with the token, unless processors repair them", () => {
  const bad = Float32Array.from([0, NaN, 1]);
  const search = new BeamSearch([7], OPTIONS, RULES);
  assertThrows(() => search.advance([bad]), DataError, "not finite, at generated token 0");
  search.advance([logitsAfter([])]);
  assertThrows(() => search.advance([bad, bad]), DataError, "at generated token 1");
  const mending = { ...RULES, process: (_: readonly number[], scores: Float32Array) => void scores.fill(-1) };
  new BeamSearch([7], { ...OPTIONS, removeInvalidValues: true }, mending).advance([bad]);
});
