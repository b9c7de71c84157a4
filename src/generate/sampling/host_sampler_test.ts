import { assert, assertEquals, assertThrows } from "@std/assert";
import { chiSquare } from "../../reference/chi_square.ts";
import { philoxAt, toUniform } from "../../reference/philox.ts";
import { softmax } from "../../reference/softmax.ts";
import { drawBy, HostSampler, needsHost } from "./host_sampler.ts";
import { processorsFor } from "./processors_for.ts";
import { golden, processedBy } from "../../../tests/support/processors.ts";
import { request } from "../../../tests/support/generate.ts";

const DRAWS = 10_000;

/** Fails if counts do not fit the softmax of scores, or a removed token was drawn. */
function checkFit(counts: Float64Array, scores: Float32Array, place: string): void {
  const shares = softmax(Float64Array.from(scores), 1, scores.length);
  counts.forEach((count, id) =>
    assert(count === 0 || shares[id] > 0, `${place}: drew ${id}, which is removed`)
  );
  const { square, classes, limit } = chiSquare(counts, shares.map((share) => share * DRAWS));
  assert(square <= limit, `${place}: chi-square ${square} of ${classes} classes, limit ${limit}`);
}

Deno.test("drawBy: 10,000 draws fit what transformers' processors leave, by each option and some together", () => {
  const usual = golden.cases.filter(({ scores }) => scores === "usual");
  const cases = [...new Map(usual.map((one) => [JSON.stringify(one.options), one])).values()];
  assert(cases.length > 50, `${cases.length} cases`);
  const uniform = Array.from({ length: DRAWS }, (_, i) => toUniform(philoxAt(BigInt(i), 5, 0)[0]));
  for (const one of cases) {
    const processed = processedBy(processorsFor(one.options, one.beams), one);
    const counts = new Float64Array(processed.length);
    for (const u of uniform) counts[drawBy(processed, u)!]++;
    checkFit(counts, one.processed, `${JSON.stringify(one.options)}, ${one.text}, ${one.scores}`);
  }
});

Deno.test("HostSampler: 10,000 draws fit what transformers' processors leave", () => {
  const cases = golden.cases.filter(({ ids, promptLength, beams, scores, options }) =>
    ids.length === promptLength && beams === 1 && scores === "usual" && options.doSample &&
    options.etaCutoff !== undefined && options.badWordsIds !== undefined
  );
  assert(cases.length === 1, `${cases.length} cases`);
  for (const { options, ids, before, processed } of cases) {
    const counts = new Float64Array(before.length);
    const one = request(ids, { ...options, eosTokenIds: [...options.eosTokenIds!] });
    for (let i = 0; i < DRAWS; i++) {
      const sampler = new HostSampler({ ...one, options: { ...one.options, seed: BigInt(i) } });
      counts[sampler.next(before)]++;
    }
    checkFit(counts, processed, JSON.stringify(options));
  }
});

Deno.test("drawBy: in the order of ids, nothing without weight", () => {
  const scores = Float32Array.from([0.25, 0, 0.75, 0], Math.log);
  assertEquals([0, 0.24, 0.26, 0.999].map((u) => drawBy(scores, u)), [0, 0, 2, 2]);
  assertEquals(drawBy(scores, 1 - 2 ** -24), 2);
  assertEquals(drawBy(Float32Array.of(-Infinity, -Infinity), 0.5), undefined);
  assertEquals(drawBy(Float32Array.of(1, Infinity, 1), 0.99), 1);
});

Deno.test("HostSampler: the reference's number for seed, position and sequence", () => {
  const equal = new Float32Array(64);
  const options = { doSample: true, seed: 12345678901234567890n, typicalP: 0.999 };
  const sampler = new HostSampler(request([1, 2, 3], options, 2));
  for (let step = 0; step < 5; step++) {
    const want = Math.floor(toUniform(philoxAt(options.seed, 2 + step, 2)[0]) * 64);
    assertEquals(sampler.next(equal), want, `step ${step}`);
  }
});

Deno.test("HostSampler: counts the row with its padding, draws by the ids without it", () => {
  const options = { minLength: 5, eosTokenIds: [1] };
  const scores = Float32Array.of(0, 9, 1);
  const padded = new HostSampler({ ...request([2, 2], options), row: [0, 0, 2, 2] });
  assertEquals([padded.next(scores), padded.next(scores)], [2, 1]);
  const plain = new HostSampler(request([2, 2], options));
  assertEquals([0, 1, 2, 3].map(() => plain.next(scores)), [2, 2, 2, 1]);
});

Deno.test("HostSampler: non-finite logits, and no token left", () => {
  const bad = Float32Array.of(1, NaN, 2);
  assertThrows(() => new HostSampler(request([1])).next(bad), Error, "not finite, at generated token 0");
  assertEquals(new HostSampler(request([1], { removeInvalidValues: true })).next(bad), 2);
  const none = new HostSampler(request([1], { suppressTokens: [0, 1, 2] }));
  assertThrows(() => none.next(new Float32Array(3)), Error, "leave no token to choose");
  assertEquals([...bad], [1, NaN, 2], "logits stay as they are");
});

Deno.test("needsHost: the device knows the common options", () => {
  const { options } = request([1], {
    doSample: true,
    temperature: 0.5,
    topK: 5,
    topP: 0.5,
    minP: 0.1,
    repetitionPenalty: 2,
    minNewTokens: 3,
    minLength: 9,
    eosTokenIds: [1],
    renormalizeLogits: true,
    noRepeatNgramSize: 0,
    badWordsIds: [],
    typicalP: 1,
  });
  assertEquals(needsHost(options), false);
  assertEquals(needsHost({ ...options, typicalP: 0.9 }), true);
  assertEquals(needsHost({ ...options, typicalP: 0.9, doSample: false }), false);
  assertEquals(needsHost({ ...options, noRepeatNgramSize: 2 }), true);
});
