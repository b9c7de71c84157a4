import { assert, assertAlmostEquals } from "@std/assert";
import { ACTIVATIONS } from "../../reference/activation.ts";
import { activationConstants, learnedNumbers } from "./learned_activation.ts";

Deno.test("constants of learned activations describe the reference function", () => {
  const xielu = new Map([["alpha_p", 0.3], ["alpha_n", -0.7], ["beta", 0.41], ["eps", -1e-6]]);
  const c = activationConstants("xielu", xielu) as Record<string, number>;
  for (const x of [-8, -1.5, -0.2, -1e-7, 0, 1e-3, 0.9, 7]) {
    const curve = x > 0
      ? c.XIELU_POSITIVE * x * x
      : (Math.expm1(Math.min(x, c.XIELU_EPS)) - x) * c.XIELU_NEGATIVE;
    const want = ACTIVATIONS.xielu(x, { alphaP: 0.3, alphaN: -0.7, beta: 0.41, eps: -1e-6 });
    assertAlmostEquals(curve + c.XIELU_BETA * x, want, 1e-9, `xielu(${x})`);
  }
  assert(c.XIELU_BETA !== 0.41, "kept in bfloat16");
});

Deno.test("what the checkpoint lacks has torch's value before training", () => {
  const numbers = new Map(learnedNumbers("xielu").map(({ name, initial }) => [name, initial]));
  const c = activationConstants("xielu", numbers) as Record<string, number>;
  assertAlmostEquals(c.XIELU_POSITIVE * 4 + c.XIELU_BETA * 2, ACTIVATIONS.xielu(2), 1e-9);
  const prelu = new Map(learnedNumbers("prelu").map(({ name, initial }) => [name, initial]));
  assertAlmostEquals(activationConstants("prelu", prelu).PRELU_SLOPE as number, 0.25, 0);
});
