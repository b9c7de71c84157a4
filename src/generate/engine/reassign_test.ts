import { assert, assertEquals } from "@std/assert";
import { reassign } from "./reassign.ts";

Deno.test("reassign: nothing moves if every sequence continues", () => {
  assertEquals(reassign([4, 5, 6], [0, 1, 2]), { slots: [4, 5, 6], pairs: [] });
  assertEquals(reassign([4, 5, 6], [2, 0, 1]), { slots: [6, 4, 5], pairs: [] });
});

Deno.test("reassign: every sequence gets the rows it extends, and no slot is both read and written", () => {
  const slots = [3, 0, 7, 5];
  for (let number = 0; number < 256; number++) {
    const parents = [number & 3, (number >> 2) & 3, (number >> 4) & 3, number >> 6];
    const moves = reassign(slots, parents);
    const held = new Map(slots.map((slot, i) => [slot, i]));
    for (const [from, to] of moves.pairs) {
      assert(
        moves.pairs.every(([, other]) => other !== from),
        `${parents}: slot ${from} is read and written`,
      );
      held.set(to, held.get(from)!);
    }
    assertEquals(moves.slots.map((slot) => held.get(slot)), parents, `${parents}`);
    assertEquals([...moves.slots].sort(), [...slots].sort());
    assertEquals(moves.pairs.length, 4 - new Set(parents).size, "no copy too many");
  }
});
