import { assertEquals, assertNotEquals } from "@std/assert";
import { philox4x32, philoxAt, toUniform, type Words } from "./philox.ts";

const hex = (words: Words) => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

// The known answers that the authors publish with Random123.
Deno.test("philox4x32: published answers", () => {
  assertEquals(hex(philox4x32([0, 0, 0, 0], [0, 0])), "6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  const ones = 0xffffffff;
  assertEquals(
    hex(philox4x32([ones, ones, ones, ones], [ones, ones])),
    "408f276d 41c83b0e a20bc7c6 6d5451fd",
  );
  assertEquals(
    hex(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])),
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

Deno.test("philoxAt: seed low and high are the key, position and sequence the counter", () => {
  assertEquals(philoxAt(0x299f31d0a4093822n, 7, 3), philox4x32([7, 3, 0, 0], [0xa4093822, 0x299f31d0]));
  assertNotEquals(philoxAt(1n, 0, 0), philoxAt(1n << 32n, 0, 0));
});

Deno.test("toUniform: the ends, and a mean of a half", () => {
  assertEquals(toUniform(0), 0);
  assertEquals(toUniform(0xffffffff), 1 - 2 ** -24);
  let sum = 0;
  for (let position = 0; position < 2000; position++) sum += toUniform(philoxAt(5n, position, 0)[0]);
  assertEquals(Math.abs(sum / 2000 - 0.5) < 0.03, true);
});
