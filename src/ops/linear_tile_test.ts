/** Tiles: a token's result does not depend on other tokens. */
import { assert } from "@std/assert";
import { padTo8 } from "../gpu/matrix.ts";
import { addTo, linear } from "./linear.ts";
import { plainGpu } from "../../tests/support/linear.ts";
import { assertSameBits, KernelTest, numbers, stored } from "../../tests/support/ops.ts";

Deno.test("tile: a token gives the same bits alone, in the middle, at an end, next to others and next to infinity", async () => {
  using gpu = await plainGpu();
  const [rows, columns, most] = [70, 88, 131];
  using test = new KernelTest(gpu);
  const weight = stored(numbers(1, rows * columns), "float16");
  const matrixOf = () => test.matrix(weight, rows, columns, "float16");
  let matrix = matrixOf();
  const norm = { weight: test.floats(numbers(2, columns, 0.2, 1)), eps: 1e-5 };
  const [token, others, stride] = [numbers(3, columns), numbers(4, most * columns), padTo8(rows)];
  const at = async (place: number, count: number, around?: number) => {
    const x = around === undefined
      ? others.slice(0, count * columns)
      : new Float64Array(count * columns).fill(around);
    x.set(token, place * columns);
    using run = new KernelTest(gpu);
    const y = run.filledOutput(new Float64Array(count * stride));
    linear(run.plan, {
      ...{ label: "linear", matrix, norm, columns: "prompt" },
      x: run.floats(x),
      batch: run.rows(count),
      tokens: () => count,
      finish: addTo(y, stride),
    });
    await run.run();
    return (await run.read(y, count * stride, `${place} of ${count}`)).slice(
      place * stride,
      (place + 1) * stride,
    );
  };
  const alone = await at(0, 1);
  for (const [place, count] of [[0, most], [17, 18], [63, 64], [64, 65], [100, most], [most - 1, most]]) {
    assertSameBits(await at(place, count), alone, `token ${place} of ${count}`);
  }
  assertSameBits(await at(5, 70, Infinity), alone, "beside infinity");
  // Nor may the next row matter, although a step's last columns may overlap it.
  weight.fill(Infinity, 41 * columns, 42 * columns);
  matrix = matrixOf();
  const infinite = await at(0, 1);
  assert(!Number.isFinite(infinite[41]));
  for (const part of [[0, 41], [42, rows]]) {
    assertSameBits(infinite.slice(...part), alone.slice(...part), `rows ${part}`);
  }
});
