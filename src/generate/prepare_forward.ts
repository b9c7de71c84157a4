import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { DataError, UsageError } from "../base/errors.ts";
import { checkTokens } from "../model/forward/forward.ts";
import { readRows } from "../model/forward/inputs.ts";
import type { ForwardStart } from "./forward_generate.ts";
import { checkStreamer, endOf, type GenerateCall } from "./generate_call.ts";
import type { GuidanceStart } from "./sampling/guidance.ts";
import type { GenerateInputs } from "./generate_inputs.ts";
import { resolveOptions } from "./options/generate_options.ts";
import type { GenerationConfig } from "./options/generation_config.ts";
import { checkOptionIds } from "./options/option_ids.ts";

/**
 * Reads the inputs of a call with embeddings, a cache or guidance.
 * @throws DataError, UsageError naming the input
 */
export async function prepareForward(
  inputs: GenerateInputs,
  own: GenerationConfig,
  config: LlamaConfig,
): Promise<GenerateCall & { start: ForwardStart }> {
  const { inputIds, inputsEmbeds, pastKeyValues } = inputs;
  if (!inputIds && (!inputsEmbeds || pastKeyValues?.getSeqLength())) {
    throw new DataError("generate: inputIds: expected those of the whole prompt, got nothing");
  }
  const rows = inputIds && await readRows(inputIds, "inputIds");
  rows?.forEach((row) => checkTokens(row, config.vocabSize));
  const [batch, length] = inputsEmbeds?.shape ?? [rows!.length, rows![0].length];
  if (rows && (rows.length !== batch || rows[0].length !== length)) {
    throw new DataError(
      `generate: inputsEmbeds: expected those of inputIds, [${rows.length}, ${
        rows[0].length
      }], got [${batch}, ${length}]`,
    );
  }
  // Without ids a length, even the default, counts the embeddings, as in transformers.
  const lengths = rows ? {} : { maxLength: inputs.maxLength ?? own.maxLength };
  const { options, padTokenId, numReturnSequences, guidanceScale, outputs } = resolveOptions(
    { ...inputs, ...lengths },
    own,
    config,
    length,
  );
  checkOptionIds(options, config.vocabSize, "generate: ");
  if (numReturnSequences > 1 || (options.numBeams ?? 1) > 1 || options.promptLookupNumTokens) {
    throw new UsageError(
      "generate: inputsEmbeds, pastKeyValues and guidanceScale go with one sequence a prompt, without beams or prompt lookup",
    );
  }
  const pad = padTokenId !== null && !options.eosTokenIds.includes(padTokenId) ? padTokenId : undefined;
  const mask = inputs.attentionMask ? await readRows(inputs.attentionMask, "attentionMask") : Array.from(
    { length: batch },
    (_, i) => Array.from({ length }, (_, at) => Number(rows?.[i][at] !== pad || pad === undefined)),
  );
  if (mask.length !== batch || mask[0].length !== length) {
    throw new DataError(
      `attentionMask: expected the shape of the prompts, [${batch}, ${length}], got [${mask.length}, ${
        mask[0].length
      }]`,
    );
  }
  const requests = mask.map((seen, i) => {
    const row = rows?.[i] ?? [];
    // Random draws depend on the position, so missing ids are replaced by 0.
    const ids = Array.from(seen.keys()).filter((at) => seen[at]).map((at) => row[at] ?? 0);
    return { ids, row, options, sequence: 0, isOver: endOf(options, inputs, row) };
  });
  checkStreamer(inputs, requests);
  return {
    requests,
    prompts: requests.map(({ row }) => row),
    fill: padTokenId ?? options.eosTokenIds[0],
    outputs,
    start: {
      ...(rows && { rows }),
      ...(inputsEmbeds && { inputsEmbeds }),
      ...(pastKeyValues && { pastKeyValues }),
      ...(guidanceScale !== 1 &&
        { guidance: { scale: guidanceScale, ...await negativeOf(inputs, rows, config) } }),
      mask,
    },
  };
}

/** The negative prompts; default: the prompts' last tokens. @throws DataError naming the input */
async function negativeOf(
  { negativePromptIds: given, negativePromptAttentionMask: seen }: GenerateInputs,
  rows: number[][] | undefined,
  config: LlamaConfig,
): Promise<Omit<GuidanceStart, "scale">> {
  const ids = given ? await readRows(given, "negativePromptIds") : rows?.map((row) => row.slice(-1));
  if (!ids) throw new DataError("generate: negativePromptIds: expected them, as there are no inputIds");
  ids.forEach((row) => checkTokens(row, config.vocabSize));
  if (rows && ids.length !== rows.length) {
    throw new DataError(
      `generate: negativePromptIds: expected a row for each of the ${rows.length} prompts, got ${ids.length}`,
    );
  }
  const mask = seen
    ? await readRows(seen, "negativePromptAttentionMask")
    : ids.map((row) => row.map(() => 1));
  if (mask.length !== ids.length || mask[0].length !== ids[0].length) {
    throw new DataError("generate: negativePromptAttentionMask: expected the shape of negativePromptIds");
  }
  return { ids, mask };
}
