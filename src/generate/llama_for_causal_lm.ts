import type { LlamaConfig } from "../checkpoint/config.ts";
import { causalForward, causalHead, type CausalLMInputs } from "../model/causal_lm.ts";
import type { CausalLMOutput } from "../model/outputs.ts";
import {
  LlamaPreTrainedModel,
  loadedModel,
  openPretrained,
  openRandom,
  type PretrainedOptions,
  type RandomOptions,
} from "../model/pretrained_model.ts";

/** A Llama that says what comes next. */
export class LlamaForCausalLM extends LlamaPreTrainedModel {
  /**
   * Loads a checkpoint that has `lm_head.weight`, or whose config ties the head to the embeddings.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error of one line that says what is wrong where, and names missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForCausalLM> {
    return new LlamaForCausalLM(await openPretrained(nameOrPath, causalHead, options));
  }

  /**
   * A model of random weights.
   * @throws Error where the device refuses
   */
  static async fromConfig(config: LlamaConfig, options: RandomOptions = {}): Promise<LlamaForCausalLM> {
    return new LlamaForCausalLM(await openRandom(config, causalHead(config), options));
  }

  /**
   * Runs the model.
   * @throws Error that names the input and what was expected of it
   */
  async forward(inputs: CausalLMInputs): Promise<CausalLMOutput> {
    return await causalForward(loadedModel(this), inputs);
  }
}
