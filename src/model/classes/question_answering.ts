import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { Tensor } from "../../gpu/tensor.ts";
import type { ForwardInputs } from "../forward/inputs.ts";
import { spanLoss } from "./losses.ts";
import type { QuestionAnsweringOutput } from "./outputs.ts";
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

/** Token indexes, one per sequence. */
export type TokenIndexes = readonly number[] | readonly (readonly number[])[] | Tensor;

/** Inputs of LlamaForQuestionAnswering. */
export interface QuestionAnsweringInputs extends ForwardInputs {
  /**
   * Index of each answer's first token, [batch]; the loss needs both. Indexes outside the tokens are ignored.
   */
  readonly startPositions?: TokenIndexes;
  /** Index of each answer's last token, [batch]. */
  readonly endPositions?: TokenIndexes;
}

/**
 * A Llama with an extractive question answering head.
 *
 * @example
 * ```ts
 * import { LlamaForQuestionAnswering } from "@llama/llama";
 *
 * using model = await LlamaForQuestionAnswering.fromPretrained("./Answerer");
 * const { startLogits, endLogits } = await model.forward({ inputIds: [[1, 5, 9]] });
 * console.log(startLogits.shape, endLogits.shape); // [1, 3] [1, 3]
 * ```
 */
export class LlamaForQuestionAnswering extends LlamaPreTrainedModel {
  /**
   * Loads a checkpoint that has `qa_outputs.weight` and `qa_outputs.bias`.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error with a one-line message that names the file and the problem, or the missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForQuestionAnswering> {
    return new LlamaForQuestionAnswering(await openPretrained(nameOrPath, () => HEADS, options));
  }

  /**
   * Creates a model with random weights.
   * @throws Error if the device refuses
   */
  static async fromConfig(
    config: LlamaConfig,
    options: RandomOptions = {},
  ): Promise<LlamaForQuestionAnswering> {
    return new LlamaForQuestionAnswering(await openRandom(config, HEADS, options));
  }

  /**
   * Runs the model.
   * @throws Error naming the input and what was expected of it
   */
  async forward(inputs: QuestionAnsweringInputs): Promise<QuestionAnsweringOutput> {
    const { batch: { batch, tokens }, head, pastKeyValues, hiddenStates, attentions } = await runModel(
      loadedModel(this),
      inputs,
      { head: "qa_outputs" },
    );
    if (!inputs.pastKeyValues) pastKeyValues?.dispose();
    const starts = head.filter((_, i) => i % 2 === 0);
    const ends = head.filter((_, i) => i % 2 === 1);
    const { startPositions, endPositions } = inputs;
    const loss = startPositions && endPositions && spanLoss(
      starts,
      ends,
      await readIndexes(startPositions, "startPositions", batch),
      await readIndexes(endPositions, "endPositions", batch),
      tokens,
    );
    return {
      ...(loss !== undefined && { loss }),
      startLogits: Tensor.from(starts, [batch, tokens]),
      endLogits: Tensor.from(ends, [batch, tokens]),
      hiddenStates,
      attentions,
    };
  }
}

const HEADS: HeadSpec[] = [{ name: "qa_outputs", rows: 2, bias: true }];

async function readIndexes(value: TokenIndexes, name: string, batch: number): Promise<number[]> {
  const indexes = value instanceof Tensor ? [...await value.data()] : (value as number[]).flat();
  if (indexes.length !== batch || !indexes.every((index) => Number.isInteger(index))) {
    throw new DataError(`${name}: expected ${batch} whole numbers, got [${indexes}]`);
  }
  return indexes;
}
