// The input of a linear map without a norm.
// gives: NORMED, norm_scale, norm_weight
const NORMED = false;

fn norm_weight(i: u32) -> vec4f {
  return vec4f(1.0);
}

fn norm_scale(square_sum: f32) -> f32 {
  return 1.0;
}
