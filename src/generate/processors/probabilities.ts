/** The softmax of scores, rounded to float32 as transformers has it. */
export function probabilities(scores: Float32Array): Float32Array {
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - top);
  return scores.map((score) => Math.exp(score - top) / sum);
}

/** -Σ p·log p of scores, in nats. */
export function entropyOf(scores: Float32Array): number {
  let entropy = 0;
  for (const p of probabilities(scores)) if (p > 0) entropy -= p * Math.log(p);
  return entropy;
}

/** The ids that are not removed yet. */
export function remaining(scores: Float32Array): number[] {
  const ids: number[] = [];
  for (let id = 0; id < scores.length; id++) if (scores[id] > -Infinity) ids.push(id);
  return ids;
}

/** The k-th largest score, 1 ≤ k; the smallest where there are fewer. */
export function kthLargest(scores: Float32Array, k: number): number {
  if (k === 1) return scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return scores.toSorted()[Math.max(0, scores.length - k)];
}
