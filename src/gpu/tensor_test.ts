import { assertEquals, assertThrows } from "@std/assert";
import { Tensor } from "./tensor.ts";

Deno.test("Tensor.from: shape, size, numbers", async () => {
  const shape = [2, 3];
  const tensor = Tensor.from(Float32Array.of(1, 2, 3, 4, 5, 6), shape);
  shape[0] = 9;
  assertEquals([tensor.shape, tensor.size], [[2, 3], 6]);
  assertEquals([...await tensor.data()], [1, 2, 3, 4, 5, 6]);
  assertEquals(Tensor.from(Float32Array.of(7), []).size, 1);
});

Deno.test("Tensor.from: a shape of another size", () => {
  assertThrows(() => Tensor.from(new Float32Array(5), [2, 3]), RangeError, "[2,3] holds 6 numbers, got 5");
});

Deno.test("Tensor.lazy: reads on demand", async () => {
  let reads = 0;
  const tensor = Tensor.lazy([2], () => {
    reads++;
    return Promise.resolve(Float32Array.of(1, 2));
  });
  assertEquals([tensor.size, reads], [2, 0]);
  assertEquals([...await tensor.data()], [1, 2]);
  assertEquals(reads, 1);
});
