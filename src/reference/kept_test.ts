import { assertEquals } from "@std/assert";
import { kept } from "./kept.ts";

Deno.test("kept: float16 as JavaScript rounds it, and never infinite", () => {
  const numbers = [
    0,
    1,
    -1,
    0.1,
    1 / 3,
    2049,
    2051,
    -65504,
    6e-5,
    5e-8,
    2 ** -25,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
  ];
  assertEquals(
    [...kept(Float64Array.from(numbers), "float16")],
    [...Float16Array.from(numbers)].map((x) => x + 0),
  );
  assertEquals([...kept(Float64Array.of(1e6, -7e4), "float16")], [65504, -65504]);
});

Deno.test("kept: bfloat16 is the nearest float32 whose lower half is zero", () => {
  const numbers = [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -3.14159, 1e-30];
  const bits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0];
  const want = [1, 1 + 2 ** -6, 1 + 2 ** -7, -3.140625];
  const got = [...kept(Float64Array.from(numbers), "bfloat16")];
  assertEquals(got.slice(0, 4), want);
  assertEquals(got.map((x) => bits(x) & 0xffff), numbers.map(() => 0));
});

Deno.test("kept: int8 is exact at the largest number, at zero, and in between to half a step", () => {
  const head = Float64Array.of(-254, 1, 3, 0, 100.9, 0.99);
  assertEquals([...kept(head, "int8")], [-254, 0, 4, 0, 100, 0]);
  assertEquals([...kept(new Float64Array(4), "int8")], [0, 0, 0, 0]);
});

Deno.test("kept: float32", () => {
  assertEquals([...kept(Float64Array.of(0.1), "float32")], [Math.fround(0.1)]);
});
