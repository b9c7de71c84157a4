import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { answerSpans } from "./answer_spans.ts";
import { windowsOf } from "./question_answering.ts";

/**
 * A first token that means "no answer", then one token per letter of a question and of a context: "q|ab cd".
 */
function window(starts: number[], ends: number[]) {
  return {
    starts,
    ends,
    allowed: [false, false, true, true, true, true],
    inContext: [false, false, true, true, true, true],
    words: [null, 0, 0, 0, 1, 1],
    offsets: [[0, 0], [0, 1], [0, 1], [1, 2], [3, 4], [4, 5]] as [number, number][],
    contextLength: 5,
  };
}

const OPTIONS = { topK: 1, maxAnswerLen: 15, alignToWords: false };

Deno.test("answers never lie in the question, however sure the model is of it", () => {
  const [best] = answerSpans(window([9, 9, 0, 3, 0, 0], [9, 9, 0, 0, 3, 0]), OPTIONS);
  assertEquals([best.start, best.end], [1, 4]);
  const start = Math.exp(3) / (Math.exp(3) + 3);
  assertAlmostEquals(best.score, start * start, 1e-12);
});

Deno.test("answers end after they start, and soon enough", () => {
  const backwards = answerSpans(window([0, 0, 0, 0, 0, 9], [0, 0, 9, 0, 0, 0]), OPTIONS);
  assert(backwards.every(({ start, end }) => start < end));
  const far = window([0, 0, 9, 0, 0, 0], [0, 0, 0, 0, 1, 9]);
  assertEquals(answerSpans(far, OPTIONS).map(({ start, end }) => [start, end]), [[0, 5]]);
  assertEquals(answerSpans(far, { ...OPTIONS, maxAnswerLen: 3 }).map(({ start, end }) => [start, end]), [[
    0,
    4,
  ]]);
});

Deno.test("answers are widened to words", () => {
  const spans = answerSpans(window([0, 0, 0, 9, 0, 0], [0, 0, 0, 9, 0, 0]), {
    ...OPTIONS,
    alignToWords: true,
  });
  assertEquals([spans[0].start, spans[0].end], [0, 2]);
  assert(spans.length > 1);
});

Deno.test("tokens outside the context that are allowed to answer cannot leave it", () => {
  const loose = {
    ...window([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]),
    allowed: Array(6).fill(true),
    contextLength: 3,
  };
  for (const alignToWords of [true, false]) {
    for (const { start, end } of answerSpans(loose, { topK: 20, maxAnswerLen: 15, alignToWords })) {
      assert(0 <= start && start <= end && end <= 3, `${start}..${end}`);
    }
  }
});

Deno.test("a long context is read in windows that overlap by the stride", () => {
  const tokens = Array.from({ length: 12 }, (_, i) => ({ inContext: i >= 2, i }));
  const windows = windowsOf(tokens, 7, 2).map((window) => window.map(({ i }) => i).join(" "));
  assertEquals(windows, ["0 1 2 3 4 5 6", "0 1 5 6 7 8 9", "0 1 8 9 10 11"]);
  assertEquals(windowsOf(tokens, 12, 2), [tokens]);
  // A stride that leaves no room to advance is reduced.
  assertEquals(windowsOf(tokens, 4, 9).length, 9);
  assertThrows(() => windowsOf(tokens, 2, 1), Error, "question: expected fewer than 2 tokens");
});
