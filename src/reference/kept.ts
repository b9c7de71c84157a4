/** The largest finite float16. */
const MOST_FLOAT16 = 65504;

/**
 * The numbers of one head at one position as the KV cache keeps them: rounded to nearest, ties to even. int8 has one
 * scale for the whole head: its largest number is 127.
 */
export function kept(head: Float64Array, dtype: "float32" | "float16" | "bfloat16" | "int8"): Float64Array {
  switch (dtype) {
    case "float32":
      return head.map(Math.fround);
    case "float16":
      return head.map((x) => rounded(Math.max(-MOST_FLOAT16, Math.min(x, MOST_FLOAT16)), 10, -14));
    case "bfloat16":
      return head.map((x) => rounded(x, 7, -126));
    case "int8": {
      const scale = Math.fround(head.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127);
      return head.map((x) => scale === 0 ? 0 : nearest(x / scale) * scale);
    }
  }
}

/** x with that many binary digits after the first; numbers below 2^least have fewer. */
function rounded(x: number, digits: number, least: number): number {
  if (x === 0) return x;
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), least) - digits);
  return nearest(x / unit) * unit;
}

/** The nearest integer, the even one of two. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const over = x - below;
  return over < 0.5 || (over === 0.5 && below % 2 === 0) ? below : below + 1;
}
