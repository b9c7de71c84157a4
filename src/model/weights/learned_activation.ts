import type { ActivationKernel } from "../../checkpoint/config/activations.ts";
import { fromFloat32, toFloat32 } from "../../checkpoint/safetensors/convert.ts";
import type { KernelConstants } from "../../gpu/link.ts";

/** One learned parameter of an activation: its name under `mlp.act_fn.`, its shape, torch's initial value. */
export interface LearnedNumber {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: number;
}

/** The learned parameters of a layer's activation in the checkpoint, by name. */
export type LearnedNumbers = ReadonlyMap<string, number>;

/** Learned parameters of an activation; most have none. transformers keeps xIELU's numbers in bfloat16. */
export function learnedNumbers(activation: ActivationKernel): readonly LearnedNumber[] {
  if (activation === "prelu") return [{ name: "weight", shape: [1], initial: 0.25 }];
  if (activation !== "xielu") return [];
  const inverseSoftplus = (x: number) => bfloat16(Math.log(bfloat16(Math.expm1(bfloat16(x)))));
  return [
    { name: "alpha_p", shape: [1], initial: inverseSoftplus(0.8) },
    { name: "alpha_n", shape: [1], initial: inverseSoftplus(0.8 - 0.5) },
    { name: "beta", shape: [], initial: 0.5 },
    { name: "eps", shape: [], initial: -1e-6 },
  ];
}

/** The kernel's constants for a layer. */
export function activationConstants(activation: ActivationKernel, numbers: LearnedNumbers): KernelConstants {
  const number = (name: string) => numbers.get(name)!;
  if (activation === "prelu") return { PRELU_SLOPE: number("weight") };
  if (activation !== "xielu") return {};
  const softplus = (x: number) => bfloat16(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
  const beta = bfloat16(number("beta"));
  return {
    XIELU_POSITIVE: softplus(bfloat16(number("alpha_p"))),
    XIELU_NEGATIVE: bfloat16(beta + softplus(bfloat16(number("alpha_n")))),
    XIELU_BETA: beta,
    XIELU_EPS: bfloat16(number("eps")),
  };
}

function bfloat16(x: number): number {
  return toFloat32(fromFloat32(Float32Array.of(x), "bfloat16"), "bfloat16")[0];
}
