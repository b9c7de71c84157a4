import { assertEquals } from "@std/assert";
import { philoxAt } from "../../reference/philox.ts";
import { philox, type Words } from "./philox.ts";

Deno.test("philox: the authors' known answers", () => {
  const rows: [Words, bigint, Words][] = [
    [[0, 0, 0, 0], 0n, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      0xffffffffffffffffn,
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      0x299f31d0a4093822n,
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  for (const [counter, seed, words] of rows) assertEquals(philox(counter, seed), words);
});

Deno.test("philox: the same words as the reference", () => {
  for (let i = 0; i < 50; i++) {
    const seed = BigInt(i) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn;
    assertEquals(philox([i * 7919, i, 0, 0], seed), philoxAt(seed, i * 7919, i));
  }
});
