/**
 * Softmax of each row; `-Infinity` entries get probability 0.
 * @param x [rows, size]
 * @returns [rows, size], each row sums to 1
 */
export function softmax(x: Float64Array, rows: number, size: number): Float64Array {
  return logSoftmax(x, rows, size).map(Math.exp);
}

/** Natural logarithm of {@link softmax}, without underflow. */
export function logSoftmax(x: Float64Array, rows: number, size: number): Float64Array {
  const y = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const scores = x.subarray(row * size, (row + 1) * size);
    // Subtracting the maximum first prevents exp from overflowing.
    const max = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    const logSum = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - max), 0));
    // Two subtractions: max may be as large as -3.4e38 in a fully masked row.
    y.set(scores.map((score) => score - max - logSum), row * size);
  }
  return y;
}
