/** log Σ exp, without overflow. */
export function logSumExp(logits: Float32Array): number {
  let top = -Infinity;
  for (const value of logits) if (value > top) top = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

/** The ids with the largest logits, best first; ties go to the lower id. */
export function topTokens(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && !(logits[id] > logits[best[count - 1]])) continue;
    let at = best.length;
    while (at > 0 && logits[id] > logits[best[at - 1]]) at--;
    best.splice(at, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}

/** The log-probability of a token and of the best alternatives. */
export function describeLogprobs(
  logits: Float32Array,
  token: number,
  count: number,
): { token: number; logprob: number; top: [number, number][] } {
  const total = logSumExp(logits);
  return {
    token,
    logprob: logits[token] - total,
    top: topTokens(logits, count).map((id) => [id, logits[id] - total]),
  };
}
