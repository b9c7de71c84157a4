import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../base/errors.ts";
import { activation, ACTIVATIONS } from "./activation.ts";

const X = [-12, -1.5, -0.01, 0, 0.25, 2, 11];

Deno.test("activation: values that can be checked by hand", () => {
  const at = (name: string, x: number) => activation(name)(x);
  assertAlmostEquals(at("silu", 2), 2 / (1 + Math.exp(-2)), 1e-15);
  assertAlmostEquals(at("gelu", 1), 0.8413447460685429, 1e-15);
  assertAlmostEquals(at("gelu_new", 1), 0.8411919906082768, 1e-15);
  assertAlmostEquals(at("quick_gelu", 1), 0.8457957659328212, 1e-15);
  assertAlmostEquals(at("mish", 1), 0.8650983882673103, 1e-15);
  assertAlmostEquals(at("laplace", 0.707107), 0.5, 1e-15);
  assertEquals(at("gelu_10", 11), 10);
  assertEquals([at("relu2", 3), at("relu2", -3), at("relu6", 9), at("leaky_relu", -2)], [9, 0, 6, -0.02]);
  // xielu's 0.8 is rounded to bfloat16.
  assertEquals(at("xielu", 1), 0.80078125 + 0.5);
  assertAlmostEquals(at("xielu", -1), (Math.expm1(-1) + 1) * 0.8 - 0.5, 1e-3);
  assertEquals([at("prelu", -2), activation("prelu")(-2, { weight: 0.5 })], [-0.5, -1]);
});

Deno.test("activation: the same function under its several names", () => {
  for (const [a, b] of [["silu", "swish"], ["gelu", "gelu_python"], ["gelu_new", "gelu_pytorch_tanh"]]) {
    assertEquals(X.map((x) => ACTIVATIONS[a](x)), X.map((x) => ACTIVATIONS[b](x)));
  }
  X.forEach((x) => assertAlmostEquals(ACTIVATIONS.gelu_fast(x), ACTIVATIONS.gelu_new(x), 1e-9));
});

Deno.test("activation: all stay finite far out", () => {
  for (const [name, f] of Object.entries(ACTIVATIONS)) {
    for (const x of [-800, -30, 0, 30, 800]) assertEquals(Number.isFinite(f(x)), true, `${name}(${x})`);
  }
});

Deno.test("activation: an unknown name, and one that every object has", () => {
  for (const name of ["swiglu", "toString"]) {
    assertThrows(
      () => activation(name),
      DataError,
      `hidden_act: expected an activation of transformers, got "${name}"`,
    );
  }
});
