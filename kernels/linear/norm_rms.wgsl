// RMSNorm fused into a linear map: W (g ∘ x / rms(x)) = (W (g ∘ x)) / rms(x), so the sum of squares is accumulated
// along the way and the scale applied once per result.
// gives: NORMED, norm_scale, norm_weight
// needs: norm
const NORMED = true;
const WIDTH = 64.0; // features of x
const EPS = 0.000001;

fn norm_weight(i: u32) -> vec4f {
  return norm[i];
}

fn norm_scale(square_sum: f32) -> f32 {
  return inverseSqrt(square_sum / WIDTH + EPS);
}
