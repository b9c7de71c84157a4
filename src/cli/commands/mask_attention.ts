import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { UsageError } from "../../base/errors.ts";
import { type AttentionChoice, attentionWeights, checkChoice, describeChoice } from "../../mask/attention.ts";
import type { TokenGrid } from "../../mask/token_grid.ts";
import type { Call } from "../shared/call.ts";
import { contextOf, tellUnexpected, withProgress } from "../shared/load_model.ts";
import type { Context } from "../../generate/request/encode_prompt.ts";

/** A model on the device that returns its attention weights. */
export interface AttentionSource {
  readonly context: Context;
  weigh(ids: readonly number[]): Promise<Required<Pick<TokenGrid, "weights" | "weightsOf">>>;
  dispose(): void;
}

/** Reads the value of `--attention`. @throws UsageError */
export function readAttentionChoice(text: string): AttentionChoice {
  const [, layer, head] = text.match(/^(\d{1,9})(?::(\d{1,9}))?$/) ?? [];
  if (layer === undefined) {
    throw new UsageError(`--attention: expected LAYER or LAYER:HEAD, as in 0:3, got ${JSON.stringify(text)}`);
  }
  return { layer: Number(layer), ...(head !== undefined && { head: Number(head) }) };
}

/** Loads the model. @throws UsageError before loading, if the model has no such layer or head */
export async function openAttention(
  path: string,
  choice: AttentionChoice,
  call: Call,
): Promise<AttentionSource> {
  const config = await LlamaConfig.fromPretrained(path);
  checkChoice(choice, config);
  const { LlamaModel } = await import("../../model/classes/llama_model.ts");
  const model = await withProgress(call, (options) => LlamaModel.fromPretrained(path, options));
  call.log.detail(`loaded ${path}: ${model.dtype} weights`);
  tellUnexpected(call.log, path, model.unexpectedTensors);
  return {
    context: contextOf(config.maxPositionEmbeddings, undefined),
    weigh: async (ids) => ({
      weights: await attentionWeights(model, ids, choice),
      weightsOf: describeChoice(choice, config),
    }),
    dispose: () => model.dispose(),
  };
}
