import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { ForwardInputs } from "../forward/inputs.ts";
import type { BaseModelOutput } from "./outputs.ts";
import {
  LlamaPreTrainedModel,
  loadedModel,
  openPretrained,
  openRandom,
  type PretrainedOptions,
  type RandomOptions,
} from "./pretrained_model.ts";
import { runModel } from "../forward/run.ts";

/**
 * The bare Llama: embeddings, decoder layers, final norm.
 *
 * @example
 * ```ts
 * import { LlamaModel } from "@llama/llama";
 *
 * using model = await LlamaModel.fromPretrained("./TinyLlama");
 * const { lastHiddenState } = await model.forward({ inputIds: [[1, 5, 9]] });
 * console.log(lastHiddenState.shape); // [1, 3, hidden size]
 * ```
 */
export class LlamaModel extends LlamaPreTrainedModel {
  /**
   * Loads a checkpoint of any Llama class; its heads are ignored.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error with a one-line message that names the file and the problem
   */
  static async fromPretrained(nameOrPath: string, options: PretrainedOptions = {}): Promise<LlamaModel> {
    return new LlamaModel(await openPretrained(nameOrPath, () => [], options));
  }

  /**
   * Creates a model with random weights.
   * @throws Error if the device refuses
   */
  static async fromConfig(config: LlamaConfig, options: RandomOptions = {}): Promise<LlamaModel> {
    return new LlamaModel(await openRandom(config, [], options));
  }

  /**
   * Runs the model.
   * @throws Error naming the input and what was expected of it
   */
  async forward(inputs: ForwardInputs): Promise<BaseModelOutput> {
    const { lastHiddenState, pastKeyValues, hiddenStates, attentions } = await runModel(
      loadedModel(this),
      inputs,
      { last: true },
    );
    return { lastHiddenState: lastHiddenState!, pastKeyValues, hiddenStates, attentions };
  }
}
