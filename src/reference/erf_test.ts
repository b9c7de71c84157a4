import { assertAlmostEquals, assertEquals } from "@std/assert";
import { erf } from "./erf.ts";

Deno.test("erf: tabulated values", () => {
  assertEquals(erf(0), 0);
  assertAlmostEquals(erf(0.5), 0.5204998778130465, 1e-15);
  assertAlmostEquals(erf(1), 0.8427007929497149, 1e-15);
  assertAlmostEquals(erf(-2), -0.9953222650189527, 1e-15);
  assertAlmostEquals(erf(3.5), 0.9999992569016276, 1e-15);
  assertEquals(erf(-50), -1);
});
