/** Settings for sampling a segmentation instead of using the best one. */
export interface Sampling {
  /** Unigram: sample from the n best if 2 or more, from all if negative. BPE ignores it. */
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
