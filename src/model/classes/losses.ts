import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";

/** Ignored label. */
const IGNORED = -100;

/**
 * Mean negative log-probability of the labels; NaN if all are ignored.
 * @param logits [labels.length, classes]
 * @throws DataError naming the label
 */
export function crossEntropy(
  logits: Float32Array,
  labels: readonly number[],
  classes: number,
  ignored: number = IGNORED,
): number {
  let sum = 0;
  let count = 0;
  labels.forEach((label, row) => {
    if (label === ignored) return;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        `labels: expected whole numbers from 0 to ${classes - 1} or ${IGNORED}, got ${kindOf(label)}`,
      );
    }
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = scores.reduce((mass, score) => mass + Math.exp(score - top), 0);
    sum += top + Math.log(total) - scores[label];
    count++;
  });
  return sum / count;
}

/**
 * Loss of a causal model: the logits at a token are compared with the label of the next one.
 * @param logits [batch, tokens, vocabulary]
 */
export function causalLoss(
  logits: Float32Array,
  labels: readonly (readonly number[])[],
  vocabulary: number,
): number {
  return crossEntropy(logits, labels.flatMap((row) => [...row.slice(1), IGNORED]), vocabulary);
}

/** Mean squared difference. */
export function meanSquaredError(logits: Float32Array, labels: readonly number[]): number {
  return labels.reduce((sum, label, i) => sum + (logits[i] - label) ** 2, 0) / labels.length;
}

/** Mean binary cross entropy of independent labels. */
export function binaryCrossEntropy(logits: Float32Array, labels: readonly number[]): number {
  const losses = labels.map((label, i) => {
    // log(1 + e^-|x|) keeps large logits finite.
    return Math.max(logits[i], 0) - logits[i] * label + Math.log1p(Math.exp(-Math.abs(logits[i])));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * Loss of question answering: the mean of the start's and the end's cross entropy. Positions outside the
 * tokens are clamped, and one clamped past the last token is ignored.
 * @param starts logits, [batch, tokens]
 * @param ends logits, [batch, tokens]
 */
export function spanLoss(
  starts: Float32Array,
  ends: Float32Array,
  startPositions: readonly number[],
  endPositions: readonly number[],
  tokens: number,
): number {
  const clamp = (positions: readonly number[]) => positions.map((p) => Math.min(Math.max(p, 0), tokens));
  return (crossEntropy(starts, clamp(startPositions), tokens, tokens) +
    crossEntropy(ends, clamp(endPositions), tokens, tokens)) / 2;
}
