// transformers' ACT2FN for Llama's MLP; the linker selects one by name. Long-tailed functions avoid overflow where
// float32's exp would reach infinity.
// gives: act_gelu, act_gelu_10, act_gelu_tanh, act_laplace, act_leaky_relu, act_linear, act_mish, act_prelu,
//   act_quick_gelu, act_relu, act_relu2, act_relu6, act_sigmoid, act_silu, act_tanh, act_xielu
fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }

fn safe_tanh(x: f32) -> f32 { return tanh(clamp(x, -15.0, 15.0)); }

// Abramowitz and Stegun 7.1.26 refined: erfc by a Chebyshev fit (relative error 1.2e-7).
fn erf(x: f32) -> f32 {
  let z = abs(x);
  let t = 1.0 / (1.0 + 0.5 * z);
  var p = 0.17087277;
  p = fma(p, t, -0.82215223);
  p = fma(p, t, 1.48851587);
  p = fma(p, t, -1.13520398);
  p = fma(p, t, 0.27886807);
  p = fma(p, t, -0.18628806);
  p = fma(p, t, 0.09678418);
  p = fma(p, t, 0.37409196);
  p = fma(p, t, 1.00002368);
  p = fma(p, t, -1.26551223);
  let tail = t * exp(-z * z + p);
  return select(tail - 1.0, 1.0 - tail, x >= 0.0);
}

fn act_sigmoid(x: f32) -> f32 { return sigmoid(x); }
fn act_silu(x: f32) -> f32 { return x * sigmoid(x); }
fn act_gelu(x: f32) -> f32 { return 0.5 * x * (1.0 + erf(x * 0.7071067811865476)); }
fn act_gelu_tanh(x: f32) -> f32 { return 0.5 * x * (1.0 + safe_tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }
fn act_quick_gelu(x: f32) -> f32 { return x * sigmoid(1.702 * x); }
fn act_gelu_10(x: f32) -> f32 { return clamp(act_gelu(x), -10.0, 10.0); }
fn act_relu(x: f32) -> f32 { return max(x, 0.0); }
fn act_relu2(x: f32) -> f32 { let r = max(x, 0.0); return r * r; }
fn act_relu6(x: f32) -> f32 { return clamp(x, 0.0, 6.0); }
fn act_leaky_relu(x: f32) -> f32 { return select(0.01 * x, x, x >= 0.0); }
fn act_linear(x: f32) -> f32 { return x; }
fn softplus(x: f32) -> f32 { return max(x, 0.0) + log(1.0 + exp(-abs(x))); }
fn act_mish(x: f32) -> f32 { return x * safe_tanh(softplus(x)); }
fn act_tanh(x: f32) -> f32 { return safe_tanh(x); }
fn act_laplace(x: f32) -> f32 { return 0.5 * (1.0 + erf((x - 0.707107) / (0.282095 * 1.4142135623730951))); }

// Activations with learned parameters; each layer links its own.
const PRELU_SLOPE = 0.25;
const XIELU_POSITIVE = 0.8;
const XIELU_NEGATIVE = 0.8;
const XIELU_BETA = 0.5;
const XIELU_EPS = -0.000001;

fn act_prelu(x: f32) -> f32 { return select(PRELU_SLOPE * x, x, x >= 0.0); }

// exp(x) - 1 without cancellation near 0.
fn expm1(x: f32) -> f32 { return safe_tanh(0.5 * x) * (exp(x) + 1.0); }

fn act_xielu(x: f32) -> f32 {
  let below = (expm1(min(x, XIELU_EPS)) - x) * XIELU_NEGATIVE;
  return select(below, XIELU_POSITIVE * x * x, x > 0.0) + XIELU_BETA * x;
}
