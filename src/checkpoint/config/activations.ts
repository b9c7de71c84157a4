/**
 * Activation functions that have a kernel; named as in transformers' ACT2FN if it has a single name for the function.
 */
export type ActivationKernel =
  | "gelu"
  | "gelu_10"
  | "gelu_tanh"
  | "laplace"
  | "leaky_relu"
  | "linear"
  | "mish"
  | "prelu"
  | "quick_gelu"
  | "relu"
  | "relu2"
  | "relu6"
  | "sigmoid"
  | "silu"
  | "tanh"
  | "xielu";

/**
 * `hidden_act` → activation function. transformers has several names, and several formulas, for one function. `prelu`
 * and `xielu` have parameters in the checkpoint (`mlp.act_fn.*`).
 */
export const HIDDEN_ACTIVATIONS: Readonly<Record<string, ActivationKernel>> = {
  gelu: "gelu",
  gelu_10: "gelu_10",
  gelu_accurate: "gelu_tanh",
  gelu_fast: "gelu_tanh",
  gelu_new: "gelu_tanh",
  gelu_python: "gelu",
  gelu_python_tanh: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  laplace: "laplace",
  leaky_relu: "leaky_relu",
  linear: "linear",
  mish: "mish",
  prelu: "prelu",
  quick_gelu: "quick_gelu",
  relu: "relu",
  relu2: "relu2",
  relu6: "relu6",
  sigmoid: "sigmoid",
  silu: "silu",
  swish: "silu",
  tanh: "tanh",
  xielu: "xielu",
};
