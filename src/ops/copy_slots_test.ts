import { assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { copySlots, encodeSlotCopy, slotCopyBytes } from "./copy_slots.ts";
import { headStride } from "./linear.ts";
import { assertWithin, KernelTest, numbers } from "../../tests/support/ops.ts";

Deno.test("copy_slots: copies positions of slots to others, and nothing else", async () => {
  using gpu = await Gpu.open();
  const rows = [
    { slots: 5, kvHeads: 3, headDim: 10, capacity: 7, pairs: [[0, 1], [0, 4], [3, 2]], first: 2, end: 5 },
    { slots: 2, kvHeads: 1, headDim: 16, capacity: 90, pairs: [[1, 0]], first: 0, end: 90 },
    { slots: 3, kvHeads: 2, headDim: 4, capacity: 4, pairs: [], first: 0, end: 4 },
  ] as const;
  for (const { slots, kvHeads, headDim, capacity, ...copy } of rows) {
    using test = new KernelTest(gpu);
    const strip = capacity * headStride(headDim);
    const before = numbers(slots, slots * kvHeads * strip);
    const cache = test.filledOutput(before);
    const moves = encodeSlotCopy(copy, capacity);
    assertEquals(moves.byteLength, slotCopyBytes(copy.pairs.length));
    copySlots(test.plan, {
      heads: kvHeads,
      rowBytes: headStride(headDim) * 4,
      cache,
      moves: test.words([...moves, 0, 0]),
      current: () => copy,
    });
    await test.run();
    const want = before.slice();
    const stride = headStride(headDim);
    for (const [from, to] of copy.pairs) {
      for (let head = 0; head < kvHeads; head++) {
        const at = (slot: number, position: number) => (slot * kvHeads + head) * strip + position * stride;
        want.set(before.subarray(at(from, copy.first), at(from, copy.end)), at(to, copy.first));
      }
    }
    const what = `${copy.pairs.length} copies`;
    assertWithin(await test.read(cache, before.length, what), want, 0, what);
  }
});
