/** How well draws fit a distribution. */
export interface Fit {
  /** Pearson's chi-square over classes that expect five at least; rare ones go together. */
  readonly square: number;
  readonly classes: number;
  /** Four standard deviations above the mean. */
  readonly limit: number;
}

/**
 * Pearson's test.
 * @param counts how often each class was drawn
 * @param expected how often it should have been
 */
export function chiSquare(counts: ArrayLike<number>, expected: ArrayLike<number>): Fit {
  let [square, classes, rare, rareExpected] = [0, 0, 0, 0];
  for (let id = 0; id < expected.length; id++) {
    if (expected[id] >= 5) {
      square += (counts[id] - expected[id]) ** 2 / expected[id];
      classes++;
    } else {
      rare += counts[id];
      rareExpected += expected[id];
    }
  }
  if (rareExpected >= 5) {
    square += (rare - rareExpected) ** 2 / rareExpected;
    classes++;
  }
  // Its mean is classes - 1, its variance twice that.
  const freedom = classes - 1;
  return { square, classes, limit: freedom + 4 * Math.sqrt(2 * Math.max(freedom, 1)) };
}
