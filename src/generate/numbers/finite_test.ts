import { assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { requireFinite } from "./finite.ts";

Deno.test("requireFinite", () => {
  requireFinite(Float32Array.of(0, -3e38), "token 3");
  for (const value of [NaN, Infinity, -Infinity]) {
    assertThrows(
      () => requireFinite(Float32Array.of(1, value), "token 3"),
      DataError,
      "not finite, at token 3",
    );
  }
});
