import type { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import { type LabelScore, TextClassification, type TextPair } from "../tasks/mod.ts";
import { answerEach, Pipeline, type PipelineParts } from "./pipeline_base.ts";

/** What a call of a text-classification pipeline may be told. */
export interface TextClassificationCallOptions {
  /** How many labels to give, the best first; null: all. Without it there is one, and no list around it in a list. */
  readonly topK?: number | null;
  /** What becomes of the logits, whatever the model's config says. */
  readonly functionToApply?: "sigmoid" | "softmax" | "none";
}

/**
 * Calls of a text-classification pipeline. A text gives a list, with one label unless `topK` says more; a pair, and each
 * of several texts, gives a label, or with `topK` a list.
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

/** transformers' TextClassificationPipeline: labels of whole texts. */
export class TextClassificationPipeline
  extends Pipeline<LlamaForSequenceClassification, TextClassificationCallOptions> {
  /** Name of the task. */
  readonly task = "text-classification";

  /** Made by `pipeline`. */
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
    // As in transformers, a text alone gets a list around its answer unless the call itself sets topK.
    return typeof inputs === "string" && options?.topK === undefined ? [answers] : answers;
  }
}
