/** Settings to sample a segmentation instead of using the best one. */
export interface Sampling {
  /** Unigram: 2 and more, the best n; below 0, all. Not used by BPE. */
  nbestSize: number;
  /** Unigram: smoothing; BPE: probability of skipping a merge. */
  alpha: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Splits normalized text into pieces, returned as end offsets in UTF-16 units. */
export interface Segmenter {
  segment(text: string, sampling?: Sampling): number[];
}
