/**
 * A dense layer (torch's nn.Linear): `y = x · weightᵀ + bias`.
 * @param x [rows, inFeatures]
 * @param weight [outFeatures, inFeatures]
 * @param bias [outFeatures] or undefined
 * @returns [rows, outFeatures]
 */
export function linear(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | undefined,
  rows: number,
  inFeatures: number,
  outFeatures: number,
): Float64Array {
  const y = new Float64Array(rows * outFeatures);
  for (let row = 0; row < rows; row++) {
    for (let out = 0; out < outFeatures; out++) {
      let sum = bias?.[out] ?? 0;
      for (let i = 0; i < inFeatures; i++) sum += x[row * inFeatures + i] * weight[out * inFeatures + i];
      y[row * outFeatures + out] = sum;
    }
  }
  return y;
}
