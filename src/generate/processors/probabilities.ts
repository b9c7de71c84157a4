/** Up to this k, insertion into a sorted list is faster than sorting all. */
const SMALL_K = 128;

/** The softmax of scores, rounded to float32 as in transformers. */
export function probabilities(scores: Float32Array): Float32Array {
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  const weights = new Float64Array(scores.length);
  let sum = 0;
  for (let id = 0; id < scores.length; id++) sum += weights[id] = Math.exp(scores[id] - top);
  const shares = new Float32Array(scores.length);
  for (let id = 0; id < scores.length; id++) shares[id] = weights[id] / sum;
  return shares;
}

/** -Σ p·log p of scores, in nats. */
export function entropyOf(scores: Float32Array): number {
  let entropy = 0;
  for (const p of probabilities(scores)) if (p > 0) entropy -= p * Math.log(p);
  return entropy;
}

/** The ids that are not removed. */
export function remaining(scores: Float32Array): number[] {
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++) if (scores[id] > -Infinity) ids.push(id);
  return ids;
}

/** The k-th largest score, 1 ≤ k; the smallest if there are fewer. */
export function kthLargest(scores: Float32Array, k: number): number {
  if (k > SMALL_K) return scores.toSorted()[Math.max(0, scores.length - k)];
  const best: number[] = [];
  for (const score of scores) {
    if (best.length === k && !(score > best[k - 1])) continue;
    let at = best.length;
    while (at > 0 && score > best[at - 1]) at--;
    best.splice(at, 0, score);
    if (best.length > k) best.pop();
  }
  return best.at(-1) ?? -Infinity;
}
