import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Tensor } from "../../gpu/tensor.ts";
import { type ForwardInputs, readLike, type TokenMatrix } from "../forward/inputs.ts";
import { crossEntropy } from "./losses.ts";
import type { TokenClassifierOutput } from "./outputs.ts";
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

/** Inputs of LlamaForTokenClassification. */
export interface TokenClassifierInputs extends ForwardInputs {
  /** One class per token, [batch, tokens]; -100 is ignored. */
  readonly labels?: TokenMatrix;
}

/**
 * A Llama that classifies every token.
 *
 * @example
 * ```ts
 * import { LlamaForTokenClassification } from "@llama/llama";
 *
 * using model = await LlamaForTokenClassification.fromPretrained("./Tagger");
 * const { logits } = await model.forward({ inputIds: [[1, 5, 9]] });
 * console.log(logits.shape); // [1, 3, labels]
 * ```
 */
export class LlamaForTokenClassification extends LlamaPreTrainedModel {
  /**
   * Loads a checkpoint that has `score.weight` and `score.bias`.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error with a one-line message that names the file and the problem, or the missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForTokenClassification> {
    return new LlamaForTokenClassification(await openPretrained(nameOrPath, headsOf, options));
  }

  /**
   * Creates a model with random weights.
   * @throws Error if the device refuses
   */
  static async fromConfig(
    config: LlamaConfig,
    options: RandomOptions = {},
  ): Promise<LlamaForTokenClassification> {
    return new LlamaForTokenClassification(await openRandom(config, headsOf(config), options));
  }

  /**
   * Runs the model.
   * @throws Error naming the input and what was expected of it
   */
  async forward(inputs: TokenClassifierInputs): Promise<TokenClassifierOutput> {
    const { numLabels } = this.config;
    const { batch, head, pastKeyValues, hiddenStates, attentions } = await runModel(
      loadedModel(this),
      inputs,
      {
        head: "score",
      },
    );
    if (!inputs.pastKeyValues) pastKeyValues?.dispose();
    const labels = inputs.labels && await readLike(inputs.labels, "labels", batch);
    return {
      ...(labels && { loss: crossEntropy(head, labels.flat(), numLabels) }),
      logits: Tensor.from(head, [batch.batch, batch.tokens, numLabels]),
      hiddenStates,
      attentions,
    };
  }
}

function headsOf(config: LlamaConfig): HeadSpec[] {
  return [{ name: "score", rows: config.numLabels, bias: true }];
}
