/**
 * Root-mean-square normalization (LlamaRMSNorm): `y = weight · x / sqrt(mean(x²) + eps)` for each row.
 * @param x [rows, size]
 * @param weight [size]
 * @returns [rows, size]
 */
export function rmsNorm(
  x: Float64Array,
  weight: Float64Array,
  rows: number,
  size: number,
  eps: number,
): Float64Array {
  const y = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const at = row * size;
    let sumOfSquares = 0;
    for (let i = 0; i < size; i++) sumOfSquares += x[at + i] ** 2;
    const scale = 1 / Math.sqrt(sumOfSquares / size + eps);
    for (let i = 0; i < size; i++) y[at + i] = weight[i] * x[at + i] * scale;
  }
  return y;
}
