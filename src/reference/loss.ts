import { logSoftmax } from "./softmax.ts";

/**
 * Mean negative log-probability of the labels; rows labelled `ignore` are skipped (NaN if all are).
 * @param logits [labels.length, classes]
 */
export function crossEntropy(
  logits: Float64Array,
  labels: readonly number[],
  classes: number,
  ignore = -100,
): number {
  const logProbabilities = logSoftmax(logits, labels.length, classes);
  const losses = labels.flatMap((label, row) =>
    label === ignore ? [] : [-logProbabilities[row * classes + label]]
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * Loss of a causal model: the logits at token i are compared with the label of token i + 1.
 * @param logits [batch, tokens, vocabulary]
 * @param labels [batch][tokens]; -100 is ignored
 */
export function causalLoss(logits: Float64Array, labels: readonly number[][], vocabulary: number): number {
  return crossEntropy(logits, labels.flatMap((row) => [...row.slice(1), -100]), vocabulary);
}

/** Mean squared difference (regression). */
export function meanSquaredError(x: ArrayLike<number>, target: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) sum += (x[i] - target[i]) ** 2;
  return sum / target.length;
}

/** Mean binary cross entropy of independent labels (multi-label classification); targets in [0, 1]. */
export function binaryCrossEntropy(logits: ArrayLike<number>, target: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    const x = logits[i];
    // log(1 + e^-|x|) keeps large logits finite.
    sum += Math.max(x, 0) - x * target[i] + Math.log1p(Math.exp(-Math.abs(x)));
  }
  return sum / target.length;
}

/**
 * Loss of question answering: the mean of the start's and the end's cross entropy. Positions outside the
 * tokens are clamped, and one clamped past the last token is ignored.
 * @param startLogits [batch, tokens]
 * @param endLogits [batch, tokens]
 */
export function spanLoss(
  startLogits: Float64Array,
  endLogits: Float64Array,
  starts: readonly number[],
  ends: readonly number[],
  tokens: number,
): number {
  const clamp = (positions: readonly number[]) => positions.map((p) => Math.min(Math.max(p, 0), tokens));
  const start = crossEntropy(startLogits, clamp(starts), tokens, tokens);
  return (start + crossEntropy(endLogits, clamp(ends), tokens, tokens)) / 2;
}
