import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../base/errors.ts";
import { checkChoice, describeChoice } from "./attention.ts";

const config = { numHiddenLayers: 4, numAttentionHeads: 6 };

Deno.test("missing layers and heads are named with the valid range", () => {
  checkChoice({ layer: 3, head: 5 }, config);
  assertThrows(() => checkChoice({ layer: 4 }, config), UsageError, "a layer from 0 to 3, got 4");
  assertThrows(() => checkChoice({ layer: 0, head: 6 }, config), UsageError, "a head from 0 to 5, got 6");
  assertThrows(() => checkChoice({ layer: 0.5 }, config), UsageError, "got 0.5");
});

Deno.test("the heading says which weights are shown", () => {
  assertEquals(describeChoice({ layer: 2 }, config), "layer 2, mean of 6 heads");
  assertEquals(describeChoice({ layer: 2, head: 1 }, config), "layer 2, head 1");
});
