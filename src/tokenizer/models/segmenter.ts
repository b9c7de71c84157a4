/** How to sample a segmentation instead of taking the best one. */
export interface Sampling {
  /** Unigram: 2 and more, the best n; below 0, all. Not used by BPE. */
  nbestSize: number;
  /** Unigram: smoothing; BPE: probability of leaving a merge out. */
  alpha: number;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** Cuts normalised text into pieces given as ends of stretches, UTF-16 units. */
export interface Segmenter {
  segment(text: string, sampling?: Sampling): number[];
}
