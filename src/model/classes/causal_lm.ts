import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { Tensor } from "../../gpu/tensor.ts";
import { type ForwardInputs, readLike, type TokenMatrix } from "../forward/inputs.ts";
import type { LoadedModel } from "../weights/load.ts";
import { causalLoss } from "./losses.ts";
import type { CausalLMOutput } from "./outputs.ts";
import { runModel } from "../forward/run.ts";

/** Inputs of LlamaForCausalLM's `forward`. */
export interface CausalLMInputs extends ForwardInputs {
  /** Target ids for the loss, [batch, tokens], not shifted; -100 is ignored. */
  readonly labels?: TokenMatrix;
  /** Number of last tokens to compute logits for, or token indexes (negative: from the end); 0: all. */
  readonly logitsToKeep?: number | readonly number[];
}

/** LlamaForCausalLM's forward. @throws DataError naming the input */
export async function causalForward(model: LoadedModel, inputs: CausalLMInputs): Promise<CausalLMOutput> {
  const { vocabSize } = model.config;
  const { labels: given, logitsToKeep = 0 } = inputs;
  const { batch, head, pastKeyValues, hiddenStates, attentions } = await runModel(model, inputs, {
    head: "lm_head",
    keep: ({ tokens }) => keptTokens(logitsToKeep, tokens),
  });
  const labels = given && await readLike(given, "labels", batch);
  const kept = head.length / batch.batch / vocabSize;
  if (labels && kept !== batch.tokens) {
    throw new DataError(
      `labels: the loss needs the logits of all ${batch.tokens} tokens, logitsToKeep leaves ${kept}`,
    );
  }
  return {
    ...(labels && { loss: causalLoss(head, labels, vocabSize) }),
    logits: Tensor.from(head, [batch.batch, kept, vocabSize]),
    pastKeyValues,
    hiddenStates,
    attentions,
  };
}

function keptTokens(logitsToKeep: number | readonly number[], tokens: number): number[] {
  const all = Array.from({ length: tokens }, (_, i) => i);
  if (typeof logitsToKeep === "number") {
    if (!Number.isInteger(logitsToKeep) || logitsToKeep < 0) {
      throw new DataError(`logitsToKeep: expected a whole number from 0 on, got ${kindOf(logitsToKeep)}`);
    }
    return all.slice(-logitsToKeep);
  }
  return logitsToKeep.map((index) => {
    const token = index < 0 ? tokens + index : index;
    if (all[token] === undefined) {
      throw new DataError(
        `logitsToKeep: expected indexes from ${-tokens} to ${tokens - 1}, got ${kindOf(index)}`,
      );
    }
    return token;
  });
}
