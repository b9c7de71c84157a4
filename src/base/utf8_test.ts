import { assertEquals, assertThrows } from "@std/assert";
import { Random } from "./random.ts";
import { DataError } from "./errors.ts";
import { decodeUtf8, firstInvalid } from "./utf8.ts";

Deno.test("text is kept as it is: NUL, a byte order mark, characters of every length", () => {
  const text = "\ufeffa\0é€😀";
  assertEquals(decodeUtf8(new TextEncoder().encode(text), "stdin"), text);
});

const BAD: [string, number[], number][] = [
  ["a lone continuation", [0x61, 0x80], 1],
  ["an overlong form", [0xc0, 0x80], 0],
  ["an encoded surrogate", [0x61, 0x62, 0xed, 0xa0, 0x80], 2],
  ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 0],
  ["a character cut off at the end", [0x61, 0xe2, 0x82], 1],
  ["a wrong third byte", [0xe2, 0x82, 0x41], 0],
  ["0xff", [0xff], 0],
];
for (const [what, bytes, at] of BAD) {
  Deno.test(`not UTF-8: ${what}`, () => {
    assertEquals(firstInvalid(new Uint8Array(bytes)), at);
    const message = `at byte ${at + 100}`;
    assertThrows(() => decodeUtf8(new Uint8Array(bytes), "stdin", 100), DataError, message);
  });
}

Deno.test("the offset agrees with the runtime's decoder on random bytes", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const random = new Random(1);
  const pool = [0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xc3, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xff];
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: 6 }, () => random.of(pool));
    const at = firstInvalid(bytes);
    decoder.decode(bytes.subarray(0, at));
    if (at < bytes.length) assertThrows(() => decoder.decode(bytes));
  }
});
