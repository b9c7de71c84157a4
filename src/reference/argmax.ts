/**
 * Index of the largest entry of each row; the lowest index for ties.
 * @param x [rows, size]
 */
export function argmax(x: ArrayLike<number>, rows: number, size: number): number[] {
  return Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let i = 1; i < size; i++) if (x[row * size + i] > x[row * size + best]) best = i;
    return best;
  });
}
