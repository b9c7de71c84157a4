import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { UsageError } from "../base/errors.ts";
import { resolveOptions } from "./options/generate_options.ts";
import type { GenerateInputs } from "./generate_inputs.ts";
import type { GenerationConfig } from "./options/generation_config.ts";
import { checkOptionIds } from "./options/option_ids.ts";
import { readPrompts, stripPadding } from "./prompts.ts";
import { stopTest } from "./sampling/stop_strings.ts";
import type { StepOutputs } from "./options/step_recorder.ts";
import type { GenerationOptions, GenerationRequest } from "./options/types.ts";

/** A `generate` call, prepared for an engine. */
export interface GenerateCall {
  /** One per prompt and returned sequence; those of a prompt are adjacent. */
  readonly requests: readonly GenerationRequest[];
  /** The prompt of each request as given, padding included. */
  readonly prompts: readonly (readonly number[])[];
  /** Pads rows that end early. */
  readonly fill: number;
  /** Outputs returned besides the rows; undefined: rows only. */
  readonly outputs: StepOutputs | undefined;
}

/**
 * Reads the inputs of a call.
 * @throws DataError, UsageError naming the input
 */
export async function prepareCall(
  inputs: GenerateInputs,
  own: GenerationConfig,
  config: LlamaConfig,
): Promise<GenerateCall> {
  const rows = await readPrompts(inputs.inputIds);
  const length = Math.max(...rows.map((row) => row.length));
  const { options, padTokenId, numReturnSequences, outputs } = resolveOptions(
    { ...inputs },
    own,
    config,
    length,
  );
  checkOptionIds(options, config.vocabSize, "generate: ");
  const isPadding = padTokenId !== null && !options.eosTokenIds.includes(padTokenId);
  const prompts = await stripPadding(
    rows,
    inputs.attentionMask ?? undefined,
    isPadding ? padTokenId : undefined,
    config.vocabSize,
  );
  const requests = prompts.flatMap(({ row, ids }): GenerationRequest[] => {
    const isOver = endOf(options, inputs, row);
    return Array.from({ length: numReturnSequences }, (_, sequence) => ({
      ids: [...ids],
      row,
      options,
      sequence,
      isOver,
    }));
  });
  checkStreamer(inputs, requests);
  return {
    requests,
    prompts: prompts.flatMap(({ row }) => Array<readonly number[]>(numReturnSequences).fill(row)),
    fill: fillOf(options, padTokenId),
    outputs,
  };
}

/** transformers' beam search treats a pad token of 0 as unset if there is an end token. */
function fillOf({ numBeams = 1, eosTokenIds }: GenerationOptions, pad: number | null): number {
  return (numBeams > 1 && eosTokenIds.length > 0 ? pad || null : pad) ?? eosTokenIds[0];
}

/** The rows that `generate` returns: prompts and new tokens, padded to the longest. */
export function filledRows({ prompts, fill }: GenerateCall, made: readonly number[][]): number[][] {
  const rows = made.map((tokens, i) => [...prompts[i], ...tokens]);
  const longest = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array<number>(longest - row.length).fill(fill)]);
}

/** The stop-string test, if there are stop strings. @throws UsageError without a tokenizer */
export function endOf(
  { stop }: GenerationOptions,
  { tokenizer }: GenerateInputs,
  row: readonly number[],
): GenerationRequest["isOver"] {
  if (stop.length === 0) return undefined;
  if (!tokenizer) throw new UsageError("generate: stopStrings: they need a tokenizer, got none");
  return stopTest(stop, tokenizer, row);
}

/** @throws UsageError if a streamer would receive more than one sequence */
export function checkStreamer({ streamer }: GenerateInputs, requests: readonly GenerationRequest[]): void {
  if (!streamer) return;
  if (requests.length > 1) {
    throw new UsageError(`generate: streamer: it takes one sequence, got ${requests.length}`);
  }
  if ((requests[0].options.numBeams ?? 1) > 1) {
    throw new UsageError("generate: streamer: beam search has nothing to stream before its end");
  }
}
