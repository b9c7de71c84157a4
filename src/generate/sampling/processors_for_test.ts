import { assert, assertEquals } from "@std/assert";
import { processorsFor } from "./processors_for.ts";
import { golden, processedBy } from "../../../tests/support/processors.ts";

Deno.test("processorsFor: transformers' scores", () => {
  for (const [number, one] of golden.cases.entries()) {
    const place = `case ${number}, ${
      JSON.stringify(one.options)
    }, ${one.text}, ${one.scores}, ${one.beams} beams`;
    const got = processedBy(processorsFor(one.options, one.beams), one);
    one.processed.forEach((want, id) => {
      const isNear = Number.isFinite(want) &&
        Math.abs(got[id] - want) <= 2e-6 * Math.max(1, Math.abs(want));
      const isSame = isNear || Object.is(got[id], want);
      assert(isSame, `${place}: score of ${id}: got ${got[id]}, want ${want}`);
    });
  }
});

Deno.test("processorsFor: the cases tell the processors from nothing and from each other", () => {
  const changing = golden.cases.filter((one) => one.processed.some((score, id) => score !== one.before[id]));
  assert(changing.length > golden.cases.length / 2);
  assertEquals(new Set(golden.cases.flatMap(({ options }) => Object.keys(options))).size, 25);
});

Deno.test("processorsFor: nothing asked for, nothing done", () => {
  assertEquals(processorsFor({ temperature: 0.5, topK: 50, topP: 0.5, eosTokenIds: [2] }), []);
  assertEquals(processorsFor({ doSample: true, temperature: 1, topK: 0, topP: 1, minP: 0, typicalP: 1 }), []);
});

Deno.test("processorsFor: an end of sequence that was removed stays so, however much it gains", () => {
  const scores = Float32Array.of(1, 2, 3);
  const options = {
    minNewTokens: 9,
    exponentialDecayLengthPenalty: [0, 2] as const,
    eosTokenIds: [1],
  };
  for (const processor of processorsFor(options)) processor([0, 0], scores, { promptLength: 1 });
  assertEquals([...scores], [1, -Infinity, 3]);
});

Deno.test("processorsFor: scores that are not finite can be mended", () => {
  const scores = Float32Array.of(NaN, Infinity, -Infinity, 1);
  for (const processor of processorsFor({ removeInvalidValues: true })) {
    processor([0], scores, { promptLength: 1 });
  }
  const largest = Math.fround(3.4028234663852886e38);
  assertEquals([...scores], [0, largest, -largest, 1]);
});
