import { assertEquals, assertThrows } from "@std/assert";
import { converter, convertWeights, fromFloat32, toFloat32 } from "./convert.ts";

/** Bits of a float32 stored in 16 bits. */
function bits(value: number, dtype: "float16" | "bfloat16"): string {
  const bytes = fromFloat32(Float32Array.of(value), dtype);
  return (bytes[0] | bytes[1] << 8).toString(16).padStart(4, "0");
}

Deno.test("every 16-bit number survives the way to float32 and back", () => {
  for (const dtype of ["float16", "bfloat16"] as const) {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const wide = toFloat32(new Uint8Array(all.buffer), dtype);
    const back = new Uint16Array(fromFloat32(wide, dtype).buffer);
    for (let i = 0; i < 65536; i++) {
      if (Number.isNaN(wide[i])) {
        assertEquals(Number.isNaN(toFloat32(fromFloat32(wide.subarray(i, i + 1), dtype), dtype)[0]), true);
      } else assertEquals(back[i], i, `${dtype} ${i.toString(16)}`);
    }
  }
});

Deno.test("float32 to bfloat16 rounds to the nearest, ties to even", () => {
  const rows: [number, string][] = [
    [1, "3f80"],
    [1 + 2 ** -8, "3f80"], // tie, even below
    [1 + 3 * 2 ** -8, "3f82"], // tie, even above
    [1 + 2 ** -8 + 2 ** -20, "3f81"],
    [-1 - 2 ** -8, "bf80"],
    [3.4028234663852886e38, "7f80"], // the largest float32 rounds to infinity
    [-Infinity, "ff80"],
    [-0, "8000"],
    [2 ** -149, "0000"],
    [2 ** -133, "0001"],
  ];
  for (const [value, expected] of rows) assertEquals(bits(value, "bfloat16"), expected, String(value));
});

Deno.test("float32 to float16 rounds to the nearest, ties to even", () => {
  const rows: [number, string][] = [
    [1 + 2 ** -11, "3c00"],
    [1 + 3 * 2 ** -11, "3c02"],
    [65504, "7bff"],
    [65519.996, "7bff"],
    [65520, "7c00"],
    [2 ** -24, "0001"],
    [2 ** -25, "0000"],
    [2 ** -25 * 1.001, "0001"],
    [-0, "8000"],
  ];
  for (const [value, expected] of rows) assertEquals(bits(value, "float16"), expected, String(value));
});

Deno.test("a NaN whose bits are in the lower half remains a NaN in bfloat16", () => {
  const nan = new Float32Array(Uint32Array.of(0x7f800001).buffer);
  assertEquals(Number.isNaN(toFloat32(fromFloat32(nan, "bfloat16"), "bfloat16")[0]), true);
});

Deno.test("converter: every pair of types, from and to any place, in place too, and nothing beside it", () => {
  const dtypes = ["float32", "float16", "bfloat16"] as const;
  const numbers = Float32Array.from({ length: 40 }, (_, i) => (i - 20) * 1.37 ** i);
  for (const from of dtypes) {
    const source = fromFloat32(numbers, from);
    const width = source.length / 40;
    for (const to of dtypes) {
      const all = convertWeights(source, from, to);
      const size = all.length / 40;
      for (
        const [first, count, place] of [[0, 40, 0], [1, 7, 2], [2, 13, 3], [3, 9, 1], [4, 8, 6], [5, 0, 5]]
      ) {
        const target = new Uint8Array(40 * size).fill(9);
        converter(source, from, target, to)(first, count, place);
        const want = new Uint8Array(40 * size).fill(9);
        want.set(all.subarray(first * size, (first + count) * size), place * size);
        assertEquals(target, want, `${from} to ${to}: ${count} from ${first} to ${place}`);
      }
      // Offset by two bytes from a word, if the elements allow it.
      const shifted = new Uint8Array(42 * 4).subarray(width === 2 ? 2 : 4);
      shifted.set(source);
      const target = new Uint8Array(40 * size);
      converter(shifted, from, target, to)(0, 40, 0);
      assertEquals(target, Uint8Array.from(all), `${from} to ${to}, shifted`);
      if (size > width) continue;
      const same = Uint8Array.from(source);
      converter(same, from, same, to)(0, 40, 0);
      assertEquals(same.subarray(0, all.length), Uint8Array.from(all), `${from} to ${to}, in place`);
    }
  }
});

Deno.test("convertWeights takes any alignment, keeps equal types as they are and wants whole elements", () => {
  const bytes = Uint8Array.of(9, 0x00, 0x3c, 0x00, 0xc0).subarray(1);
  assertEquals([...convertWeights(bytes, "float16", "bfloat16")], [0x80, 0x3f, 0x00, 0xc0]);
  assertEquals(convertWeights(bytes, "float16", "float16"), bytes);
  assertThrows(() => toFloat32(bytes.subarray(1), "float16"), RangeError);
});
