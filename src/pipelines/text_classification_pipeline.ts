import type { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import { type LabelScore, TextClassification, type TextPair } from "../tasks/mod.ts";
import { answerEach, Pipeline, type PipelineParts } from "./pipeline_base.ts";

/** Options of a call of a text-classification pipeline. */
export interface TextClassificationCallOptions {
  /** Number of labels, best first; null: all. If absent, one label, without a list around it in a list. */
  readonly topK?: number | null;
  /** Function applied to the logits, overriding the model's config. */
  readonly functionToApply?: "sigmoid" | "softmax" | "none";
}

/**
 * Calls of a text-classification pipeline. A text returns a list, with one label unless `topK` requests more;
 * a pair, and each of several texts, returns a label, or with `topK` a list.
 */
export interface TextClassificationPipeline {
  (text: string, options?: TextClassificationCallOptions): Promise<LabelScore[]>;
  (
    pair: TextPair,
    options: TextClassificationCallOptions & { readonly topK: number | null },
  ): Promise<LabelScore[]>;
  (pair: TextPair, options?: TextClassificationCallOptions): Promise<LabelScore>;
  (
    inputs: readonly (string | TextPair)[],
    options: TextClassificationCallOptions & { readonly topK: number | null },
  ): Promise<LabelScore[][]>;
  (inputs: readonly (string | TextPair)[], options?: TextClassificationCallOptions): Promise<LabelScore[]>;
}

/**
 * transformers' TextClassificationPipeline: labels of whole texts.
 *
 * @example
 * ```ts
 * import { pipeline } from "@llama/llama";
 *
 * using classify = await pipeline("text-classification", "./Classifier");
 * console.log(await classify("I loved it.")); // [{ label, score }]
 * ```
 */
export class TextClassificationPipeline
  extends Pipeline<LlamaForSequenceClassification, TextClassificationCallOptions> {
  /** Name of the task. */
  readonly task = "text-classification";

  /** Called by `pipeline`. */
  constructor(parts: PipelineParts<LlamaForSequenceClassification, TextClassificationCallOptions>) {
    super(
      parts,
      (inputs: string | TextPair | readonly (string | TextPair)[], options?: TextClassificationCallOptions) =>
        this.#run(inputs, options),
    );
  }

  async #run(
    inputs: string | TextPair | readonly (string | TextPair)[],
    options?: TextClassificationCallOptions,
  ): Promise<unknown> {
    const { topK, functionToApply } = this.settings(options);
    const task = new TextClassification(this.model, this.tokenizer);
    const answers = await answerEach(inputs, async (input) => {
      const labels = await task.run(input, { topK, functionToApply, parseSpecial: true });
      return topK === undefined ? labels[0] : labels;
    });
    // As in transformers, a single text's answer is wrapped in a list unless the call itself sets topK.
    return typeof inputs === "string" && options?.topK === undefined ? [answers] : answers;
  }
}
