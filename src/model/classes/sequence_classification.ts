import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { Tensor } from "../../gpu/tensor.ts";
import type { Batch, ForwardInputs } from "../forward/inputs.ts";
import { binaryCrossEntropy, crossEntropy, meanSquaredError } from "./losses.ts";
import type { SequenceClassifierOutput } from "./outputs.ts";
import {
  LlamaPreTrainedModel,
  loadedModel,
  openPretrained,
  openRandom,
  type PretrainedOptions,
  type RandomOptions,
} from "./pretrained_model.ts";
import { runModel } from "../forward/run.ts";
import type { HeadSpec } from "../weights/weights.ts";

/** Inputs of LlamaForSequenceClassification. */
export interface SequenceClassifierInputs extends ForwardInputs {
  /**
   * Targets for the loss: one class per sequence, [batch]; or floats, [batch] or [batch, labels], for
   * regression and for multi-label classification (1 or 0 each). The config's problem type selects one;
   * without it, a single label means regression, rows of all labels mean multi-label, and anything else one
   * class per sequence.
   */
  readonly labels?: readonly number[] | readonly (readonly number[])[] | Tensor;
}

/**
 * A Llama that classifies sequences by their last non-padding token.
 *
 * @example
 * ```ts
 * import { LlamaForSequenceClassification } from "@llama/llama";
 *
 * using model = await LlamaForSequenceClassification.fromPretrained("./Classifier");
 * const { logits } = await model.forward({ inputIds: [[1, 5, 9]] });
 * console.log(logits.shape, model.config.id2label);
 * ```
 */
export class LlamaForSequenceClassification extends LlamaPreTrainedModel {
  /**
   * Loads a checkpoint that has `score.weight`.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error with a one-line message that names the file and the problem, or the missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForSequenceClassification> {
    return new LlamaForSequenceClassification(await openPretrained(nameOrPath, headsOf, options));
  }

  /**
   * Creates a model with random weights.
   * @throws Error if the device refuses
   */
  static async fromConfig(
    config: LlamaConfig,
    options: RandomOptions = {},
  ): Promise<LlamaForSequenceClassification> {
    return new LlamaForSequenceClassification(await openRandom(config, headsOf(config), options));
  }

  /**
   * Runs the model.
   * @throws Error naming the input; also for several sequences without a pad_token_id in the config
   */
  async forward(inputs: SequenceClassifierInputs): Promise<SequenceClassifierOutput> {
    const { config } = this;
    const { batch, head, pastKeyValues, hiddenStates, attentions } = await runModel(
      loadedModel(this),
      inputs,
      {
        head: "score",
        keep: (batch) => lastTokens(batch, config.padTokenId),
      },
    );
    const labels = inputs.labels && await readLabels(inputs.labels);
    return {
      ...(labels && { loss: lossOf(config, head, labels, batch.batch) }),
      logits: Tensor.from(head, [batch.batch, config.numLabels]),
      pastKeyValues,
      hiddenStates,
      attentions,
    };
  }
}

function headsOf(config: LlamaConfig): HeadSpec[] {
  return [{ name: "score", rows: config.numLabels, bias: false }];
}

/** The last non-padding token of each sequence. */
function lastTokens({ batch, tokens, ids }: Batch, pad: number | null): number[][] {
  if (pad === null && batch > 1) {
    throw new DataError(
      `config: pad_token_id: ${batch} sequences cannot be classified together without a padding token`,
    );
  }
  return Array.from({ length: batch }, (_, i) => {
    if (pad === null || !ids) return [tokens - 1];
    return [Math.max(0, ids[i].findLastIndex((id) => id !== pad))];
  });
}

/** The flattened labels, and the length of their rows (0: labels are not in rows). */
async function readLabels(
  labels: NonNullable<SequenceClassifierInputs["labels"]>,
): Promise<{ values: number[]; width: number }> {
  if (labels instanceof Tensor) {
    return { values: [...await labels.data()], width: labels.shape.length > 1 ? labels.shape.at(-1)! : 0 };
  }
  const first = labels[0];
  return { values: (labels as number[]).flat(), width: Array.isArray(first) ? first.length : 0 };
}

function lossOf(
  config: LlamaConfig,
  logits: Float32Array,
  { values, width }: { values: number[]; width: number },
  batch: number,
): number {
  const { numLabels } = config;
  const each = width === numLabels || values.some((value) => !Number.isInteger(value));
  const kind = config.problemType ??
    (numLabels === 1 ? "regression" : each ? "multi_label_classification" : "single_label_classification");
  const expected = kind === "single_label_classification" ? batch : batch * numLabels;
  if (values.length !== expected || !values.every((value) => Number.isFinite(value))) {
    throw new DataError(`labels: expected ${expected} numbers for ${kind}, got ${values.length}`);
  }
  if (kind === "regression") return meanSquaredError(logits, values);
  if (kind === "multi_label_classification") return binaryCrossEntropy(logits, values);
  return crossEntropy(logits, values, numLabels);
}
