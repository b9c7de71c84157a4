import type { LlamaConfig } from "../../checkpoint/config.ts";
import { DataError } from "../../errors.ts";
import type { LlamaForSequenceClassification } from "../../model/sequence_classification.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import { requireFinite } from "../finite.ts";
import { checkTokenCount, checkTopK, type TextOptions } from "./options.ts";
import { sigmoid, softmax } from "./probabilities.ts";

/** A label of a text and how sure the model is of it. */
export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** What a classification may be told. */
export interface TextClassificationOptions extends TextOptions {
  /** How many labels to give, the best first; 1 unless told. */
  readonly topK?: number;
}

/** transformers' text-classification pipeline: labels of whole texts. */
export class TextClassification {
  /** @param tokenizer may be missing where all inputs are token ids */
  constructor(
    readonly model: LlamaForSequenceClassification,
    readonly tokenizer: LlamaTokenizerFast | undefined,
  ) {}

  /**
   * Classifies one text, or token ids that are used as they are.
   * @throws DataError where the input is empty or too long, or text meets no tokenizer
   */
  async run(
    input: string | readonly number[],
    options: TextClassificationOptions = {},
  ): Promise<LabelScore[]> {
    const { addSpecialTokens = true, parseSpecial = false, topK = 1 } = options;
    const { config } = this.model;
    checkTopK(topK);
    if (typeof input === "string" && !this.tokenizer) {
      throw new DataError("the model has no tokenizer.json or tokenizer.model: expected token ids, got text");
    }
    const ids = typeof input === "string"
      ? this.tokenizer!.encode(input, { addSpecialTokens, parseSpecial })
      : [...input];
    checkTokenCount(ids.length, options.maxLength ?? config.maxPositionEmbeddings);
    const { logits } = await this.model.forward({ inputIds: [ids], useCache: false });
    const scores = await logits.data();
    requireFinite(scores, `prompt token ${ids.length - 1}`);
    return labelScores(scores, config).slice(0, topK);
  }
}

/**
 * Scores of all labels, the best first: plain numbers for regression, a sigmoid each for labels that exclude nothing or
 * stand alone, a softmax over all otherwise.
 * @param logits one number a label
 */
export function labelScores(
  logits: ArrayLike<number>,
  { problemType, numLabels, id2label }: Pick<LlamaConfig, "problemType" | "numLabels" | "id2label">,
): LabelScore[] {
  const each = problemType === "multi_label_classification" || numLabels === 1;
  const scores = problemType === "regression" ? Array.from(logits) : each ? sigmoid(logits) : softmax(logits);
  return scores.map((score, i) => ({ label: id2label[i] ?? `LABEL_${i}`, score }))
    .sort((a, b) => b.score - a.score);
}
