import { DataError } from "../base/errors.ts";
import { erf } from "./erf.ts";

/**
 * Learned parameters of an activation, stored under `mlp.act_fn.` in the checkpoint; absent ones have torch's
 * initial values.
 */
export interface ActivationParameters {
  /** prelu: slope below zero. */
  weight?: number;
  /** xielu: its softplus is the curvature of the positive side. */
  alphaP?: number;
  /** xielu: its softplus (plus beta) is the curvature of the negative side. */
  alphaN?: number;
  /** xielu: slope at zero. */
  beta?: number;
  /** xielu: upper bound of the exponent, just below zero. */
  eps?: number;
}

/** One activation, applied to one number. */
export type Activation = (x: number, parameters?: ActivationParameters) => number;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const silu = (x: number) => x * sigmoid(x);
const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));
const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** xIELU (arXiv 2411.13010): quadratic above zero, exponential below. transformers keeps its parameters in bfloat16. */
function xielu(x: number, { alphaP, alphaN, beta = 0.5, eps = -1e-6 }: ActivationParameters = {}): number {
  const initial = (alpha: number) => bf16(Math.log(bf16(Math.expm1(bf16(alpha)))));
  const positive = bf16(softplus(bf16(alphaP ?? initial(0.8))));
  const negative = bf16(bf16(beta) + bf16(softplus(bf16(alphaN ?? initial(0.8 - beta)))));
  return x > 0
    ? positive * x * x + bf16(beta) * x
    : (Math.expm1(Math.min(x, bf16(eps))) - x) * negative + bf16(beta) * x;
}

/** Rounds to bfloat16 (8 significant bits), ties to even. */
function bf16(x: number): number {
  const bits = new Uint32Array(Float32Array.of(x).buffer);
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0];
}

/** Every `hidden_act` of transformers 4.57 (ACT2FN) by name. */
export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_10: (x) => Math.min(Math.max(gelu(x), -10), 10),
  gelu_accurate: geluTanh,
  gelu_fast: (x) => 0.5 * x * (1 + Math.tanh(x * 0.7978845608 * (1 + 0.044715 * x * x))),
  gelu_new: geluTanh,
  gelu_python: gelu,
  gelu_python_tanh: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  laplace: (x) => 0.5 * (1 + erf((x - 0.707107) / (0.282095 * Math.SQRT2))),
  leaky_relu: (x) => x < 0 ? 0.01 * x : x,
  linear: (x) => x,
  mish: (x) => x * Math.tanh(softplus(x)),
  prelu: (x, parameters) => x < 0 ? (parameters?.weight ?? 0.25) * x : x,
  quick_gelu: (x) => x * sigmoid(1.702 * x),
  relu: (x) => Math.max(x, 0),
  relu2: (x) => Math.max(x, 0) ** 2,
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  sigmoid,
  silu,
  swish: silu,
  tanh: Math.tanh,
  xielu,
};

/**
 * The activation of a config.
 * @throws DataError for a name that transformers does not know
 */
export function activation(name: string): Activation {
  if (!Object.hasOwn(ACTIVATIONS, name)) {
    throw new DataError(`config.json: hidden_act: expected an activation of transformers, got "${name}"`);
  }
  return ACTIVATIONS[name];
}
