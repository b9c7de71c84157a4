import { epsilonCutoff, etaCutoff } from "../processors/cutoffs.ts";
import { exponentialDecay, forcedBos, forcedEos, minLength, minNewTokens } from "../processors/lengths.ts";
import { minP } from "../processors/min_p.ts";
import { encoderNoRepeatNgram, noRepeatNgram } from "../processors/no_repeat_ngram.ts";
import { removeInvalid, renormalize } from "../processors/normal_values.ts";
import { encoderRepetitionPenalty, repetitionPenalty } from "../processors/repetition_penalty.ts";
import { badWords, sequenceBias } from "../processors/sequence_bias.ts";
import { beginSuppress, suppress } from "../processors/suppress.ts";
import { temperature } from "../processors/temperature.ts";
import { topK } from "../processors/top_k.ts";
import { topP } from "../processors/top_p.ts";
import type { ProcessorOptions } from "../options/types.ts";
import type { LogitsProcessor } from "../processors/types.ts";
import { typicalP } from "../processors/typical_p.ts";

/**
 * The processors for the options, in transformers' order. Values must have been checked.
 *
 * @param beams above 1, every sampling processor keeps one id more than there are end tokens
 */
export function processorsFor(options: ProcessorOptions, beams = 1): LogitsProcessor[] {
  const ends = options.eosTokenIds ?? [];
  return [
    options.sequenceBias?.length && sequenceBias(options.sequenceBias),
    (options.encoderRepetitionPenalty ?? 1) !== 1 &&
    encoderRepetitionPenalty(options.encoderRepetitionPenalty!),
    (options.repetitionPenalty ?? 1) !== 1 && repetitionPenalty(options.repetitionPenalty!),
    options.noRepeatNgramSize && noRepeatNgram(options.noRepeatNgramSize),
    options.encoderNoRepeatNgramSize && encoderNoRepeatNgram(options.encoderNoRepeatNgramSize),
    options.badWordsIds?.length && badWords(options.badWordsIds, ends),
    options.minLength && minLength(options.minLength, ends),
    options.minNewTokens && minNewTokens(options.minNewTokens, ends),
    options.forcedBosTokenId !== undefined && forcedBos(options.forcedBosTokenId),
    options.forcedEosTokenId?.length && forcedEos(options.forcedEosTokenId, options.maxNewTokens ?? Infinity),
    options.removeInvalidValues && removeInvalid(),
    options.exponentialDecayLengthPenalty && exponentialDecay(...options.exponentialDecayLengthPenalty, ends),
    options.suppressTokens?.length && suppress(options.suppressTokens),
    options.beginSuppressTokens?.length &&
    beginSuppress(options.beginSuppressTokens, options.forcedBosTokenId !== undefined),
    ...options.logitsProcessor ?? [],
    ...(options.doSample ? samplers(options, beams > 1 ? Math.max(ends.length, 1) + 1 : 1) : []),
    options.renormalizeLogits && renormalize(),
  ].filter((processor) => typeof processor === "function");
}

/** The processors that apply only when sampling. */
function samplers(options: ProcessorOptions, keep: number) {
  const isCutoff = (value = 0) => value > 0 && value < 1;
  return [
    (options.temperature ?? 1) !== 1 && temperature(options.temperature!),
    options.topK && topK(options.topK, keep),
    (options.topP ?? 1) < 1 && topP(options.topP!, keep),
    options.minP && minP(options.minP, keep),
    (options.typicalP ?? 1) < 1 && typicalP(options.typicalP!, keep),
    isCutoff(options.epsilonCutoff) && epsilonCutoff(options.epsilonCutoff!, keep),
    isCutoff(options.etaCutoff) && etaCutoff(options.etaCutoff!, keep),
  ];
}
