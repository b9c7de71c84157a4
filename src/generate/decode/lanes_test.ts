import { assertEquals } from "@std/assert";
import { Lanes } from "./lanes.ts";

Deno.test("Lanes: a slot gets the lowest free lane, and no two slots have the same", () => {
  const lanes = new Lanes(4);
  assertEquals(lanes.take(2), [2, 0], "both moved");
  assertEquals([0, 1, 2, 3].map((slot) => lanes.of(slot)), [2, 1, 0, 3]);
  assertEquals(lanes.take(1), []);
  assertEquals(lanes.take(3), [3, 0]);
  assertEquals([0, 1, 2, 3].map((slot) => lanes.of(slot)), [3, 1, 0, 2]);
  lanes.release(2);
  assertEquals(lanes.take(0), [0, 2], "the lane that became free");
  assertEquals([0, 1, 2, 3].map((slot) => lanes.of(slot)), [0, 1, 3, 2]);
});
