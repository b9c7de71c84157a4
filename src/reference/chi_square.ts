/** Goodness of fit of draws to a distribution. */
export interface Fit {
  /** Pearson's chi-square over classes with an expected count of at least five; rare ones are merged. */
  readonly square: number;
  readonly classes: number;
  /** Four standard deviations above the mean. */
  readonly limit: number;
}

/**
 * Pearson's chi-square test.
 * @param counts number of draws of each class
 * @param expected expected number of draws of each class
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
