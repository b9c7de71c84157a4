import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { DataError, UsageError } from "../base/errors.ts";
import type { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import type { EncodeOptions, LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { requireFinite } from "../generate/numbers/finite.ts";
import { checkTokenCount, checkTopK, type TextOptions } from "./options.ts";
import { sigmoid, softmax } from "./probabilities.ts";

/** A label of a text and its score. */
export interface LabelScore {
  /** The label's name. */
  readonly label: string;
  /** Its probability, or the predicted value of a regression. */
  readonly score: number;
}

/** Two texts that are classified together. */
export interface TextPair {
  /** The first text. */
  readonly text: string;
  /** The second text, if any. */
  readonly textPair?: string;
}

/** Function applied to the logits: a sigmoid of each, a softmax over all, or none. */
export type ScoreFunction = "sigmoid" | "softmax" | "none";

/** Options of a classification. */
export interface TextClassificationOptions extends TextOptions {
  /** Number of labels, best first (default: 1; null: all). */
  readonly topK?: number | null;
  /** Function applied to the logits (default: from the config). */
  readonly functionToApply?: ScoreFunction;
}

/** transformers' text-classification pipeline: labels of whole texts. */
export class TextClassification {
  /** @param tokenizer may be missing if all inputs are token ids */
  constructor(
    readonly model: LlamaForSequenceClassification,
    readonly tokenizer: LlamaTokenizerFast | undefined,
  ) {}

  /**
   * Classifies a text, a pair of texts, or token ids, which are used unchanged.
   * @throws DataError if the input is empty or too long, or is a text without a tokenizer
   */
  async run(
    input: string | TextPair | readonly number[],
    options: TextClassificationOptions = {},
  ): Promise<LabelScore[]> {
    const { addSpecialTokens = true, parseSpecial = false, topK = 1 } = options;
    const { config } = this.model;
    if (topK !== null) checkTopK(topK);
    const ids = isIds(input) ? [...input] : this.#encode(input, { addSpecialTokens, parseSpecial });
    checkTokenCount(ids.length, options.maxLength ?? config.maxPositionEmbeddings);
    const { logits } = await this.model.forward({ inputIds: [ids], useCache: false });
    const scores = await logits.data();
    requireFinite(scores, `prompt token ${ids.length - 1}`);
    return labelScores(scores, config, options.functionToApply).slice(0, topK ?? Infinity);
  }

  #encode(input: string | TextPair, options: EncodeOptions): number[] {
    if (!this.tokenizer) {
      throw new DataError("the model has no tokenizer.json or tokenizer.model: expected token ids, got text");
    }
    const { text, textPair } = typeof input === "string" ? { text: input } : input;
    return textPair === undefined
      ? this.tokenizer.encode(text, options)
      : this.tokenizer.encode(text, textPair, options);
  }
}

function isIds(input: string | TextPair | readonly number[]): input is readonly number[] {
  return Array.isArray(input);
}

/**
 * Scores of all labels, best first: raw values for regression, sigmoids for multi-label models or a single
 * label, else a softmax over all labels.
 * @param logits one number per label
 * @param functionToApply function applied to the logits, overriding the config
 */
export function labelScores(
  logits: ArrayLike<number>,
  config: Pick<LlamaConfig, "problemType" | "numLabels" | "id2label">,
  functionToApply: ScoreFunction = functionOf(config),
): LabelScore[] {
  const apply =
    { sigmoid, softmax, none: (values: ArrayLike<number>) => Array.from(values) }[functionToApply];
  if (!apply) {
    throw new UsageError(`function_to_apply: expected sigmoid, softmax or none, got ${functionToApply}`);
  }
  return apply(logits).map((score, i) => ({ label: config.id2label[i] ?? `LABEL_${i}`, score }))
    .sort((a, b) => b.score - a.score);
}

function functionOf(
  { problemType, numLabels }: Pick<LlamaConfig, "problemType" | "numLabels">,
): ScoreFunction {
  if (problemType === "regression") return "none";
  return problemType === "multi_label_classification" || numLabels === 1 ? "sigmoid" : "softmax";
}
