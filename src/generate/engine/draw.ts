import { philox } from "../numbers/philox.ts";
import { topTokens } from "../numbers/logprobs.ts";

/** Distinguishes the draws of a beam search from those of plain sampling. */
const BEAM_DRAWS = 1;

/**
 * Samples indexes without replacement by the softmax of their scores.
 * @param uniform the n-th number in [0, 1)
 * @returns the indexes in draw order; if too few have nonzero probability, the best of the others follow
 */
export function drawWithoutReplacement(
  scores: Float32Array,
  count: number,
  uniform: (draw: number) => number,
): number[] {
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  const weights = Float64Array.from(scores, (score) => Math.exp(score - top));
  const drawn: number[] = [];
  for (let draw = 0; draw < count; draw++) {
    let left = uniform(draw) * weights.reduce((sum, weight) => sum + weight, 0);
    let place = -1;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      place = i;
      if ((left -= weights[i]) < 0) break;
    }
    if (place < 0) break;
    drawn.push(place);
    weights[place] = 0;
  }
  if (drawn.length === count) return drawn;
  const others = scores.map((score, place) => drawn.includes(place) ? -Infinity : score);
  return [...drawn, ...topTokens(others, count).filter((place) => !drawn.includes(place))].slice(0, count);
}

/** The draw-th number in [0, 1) of a beam search step; the same arguments give the same number. */
export function uniformAt(seed: bigint, step: number, sequence: number, draw: number): number {
  const [word] = philox([step, sequence, draw, BEAM_DRAWS], seed);
  return word / 2 ** 32;
}
