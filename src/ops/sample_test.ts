/** The sample kernel: greedy choices, rejected logits, and state updates. */
import { assertEquals } from "@std/assert";
import { argmax } from "../reference/argmax.ts";
import { penalizeRepetition } from "../reference/sampler.ts";
import { BROKEN_TOKEN, encodeSampling, SAMPLING_BYTES } from "./sample.ts";
import { draw, type Sequence, spread, withGpu } from "../../tests/support/sample.ts";

Deno.test("sample: greedy takes the best token, the lowest id for ties; the penalty counts generated tokens", () =>
  withGpu(async (gpu) => {
    const equal = spread(61, 1);
    equal[50] = equal[33] = equal[37] = 9;
    const negative = spread(61, 1).map((x) => -10 - Math.abs(x));
    const seen = [2, 40, 41];
    const penalized: Sequence[] = [
      { logits: spread(61, 1), penalty: 1.4, seen },
      { logits: negative, penalty: 1.1, seen },
      { logits: spread(61, 2), penalty: 0.9, seen },
    ];
    const { tokens } = await draw(gpu, [{ logits: equal }, ...penalized], 12);
    assertEquals(tokens[0], new Array(12).fill(33));
    penalized.forEach(({ logits, penalty }, i) => {
      const previous = [...seen];
      for (const token of tokens[i + 1]) {
        const want = argmax(penalizeRepetition(logits, previous, penalty!), 1, 61)[0];
        assertEquals(token, want, `sample: greedy, penalty ${penalty}, after ${previous}`);
        previous.push(want);
      }
    });
  }));

Deno.test("sample: non-finite logits give the broken token, in that sequence only", () =>
  withGpu(async (gpu) => {
    const fine = spread(61, 1);
    const broken = [NaN, Infinity, -Infinity].flatMap((value, i) =>
      [undefined, { topK: 3 }].map((sampler) => ({ logits: fine.with([0, 33, 60][i], value), sampler }))
    );
    const { tokens } = await draw(gpu, [{ logits: fine }, ...broken], 2);
    assertEquals(tokens[0][1], argmax(fine, 1, 61)[0]);
    for (const row of tokens.slice(1)) assertEquals(row, [BROKEN_TOKEN, BROKEN_TOKEN]);
  }));

Deno.test("sample: token, position, step and seen tokens advance, for the given slots only", () =>
  withGpu(async (gpu) => {
    const logits = [5, 20].map((best) => spread(61, 1).with(best, 30));
    const slots = [3, 1];
    const { tokens, rows, sampling, seen, history } = await draw(
      gpu,
      [{ logits: logits[0], position: 2 }, { logits: logits[1], position: 8 }],
      4,
      slots,
      10,
    );
    assertEquals(tokens, [[5, 5, 5, 5], [20, 20, 20, 20]]);
    const row = (slot: number) => [...rows.subarray(4 + slot * 4, 8 + slot * 4)];
    assertEquals(row(3), [5, 3, 6, 9], "two positions move together");
    assertEquals(row(1), [20, 1, 9, 12], "a position stays inside the cache");
    assertEquals([row(0), row(2)], [[7, 7, 7, 7], [7, 7, 7, 7]], "other slots rest");
    assertEquals([0, 1, 2, 3].map((slot) => sampling[slot * SAMPLING_BYTES / 4 + 9]), [0, 4, 0, 4], "steps");
    assertEquals([...seen], [0, 0, 1 << 20, 0, 0, 0, 1 << 5, 0]);
    assertEquals([history[0], history[4 * 4 + 1]], [12345, 12345], "history of other slots and steps");
  }));

Deno.test("encodeSampling: the whole seed, bounds kept", () => {
  const state = {
    temperature: 0.5,
    topP: 0.25,
    minP: 0.125,
    repetitionPenalty: 2,
    topK: 7,
    doSample: true,
    seed: 0xfedcba9876543210n,
    sequence: 3,
    blockedUntil: Infinity,
  };
  const { buffer } = encodeSampling(state);
  assertEquals(buffer.byteLength, SAMPLING_BYTES);
  assertEquals([...new Float32Array(buffer, 0, 4)], [0.5, 0.25, 0.125, 2]);
  assertEquals([...new Uint32Array(buffer, 16)], [7, 1, 0x76543210, 0xfedcba98, 3, 0, 0xffffffff, 0]);
});
