import { assertEquals } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { Int4WeightOnlyConfig } from "./int4_weight_only_config.ts";
import { refuses } from "../../../tests/support/checkpoint.ts";

Deno.test("Int4WeightOnlyConfig takes the four group sizes, and nothing else", async () => {
  assertEquals(new Int4WeightOnlyConfig().groupSize, 128);
  for (const groupSize of [32, 64, 128, 256]) {
    assertEquals(new Int4WeightOnlyConfig({ groupSize }).groupSize, groupSize);
  }
  const cases: [unknown, string][] = [
    [{ groupSize: 16 }, "got 16"],
    [{ groupSize: "128" }, 'got "128"'],
    [{ groupSize: NaN }, "got NaN"],
    [{ groupSize: null }, "got null"],
    [{ group_size: 64 }, '"group_size" is unknown'],
  ];
  for (const [options, words] of cases) {
    const make = () =>
      Promise.resolve().then(() => new Int4WeightOnlyConfig(options as { groupSize: number }));
    await refuses(make, DataError, "Int4WeightOnlyConfig", words);
  }
});
