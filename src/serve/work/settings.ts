import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { snakeCase } from "../../base/names.ts";
import type { GenerationOptions } from "../../generate/mod.ts";
import { checkOptionIds } from "../../generate/options/option_ids.ts";
import { drawnWhenWarm } from "../../generate/options/greedy.ts";
import { countPenalties } from "../../generate/processors/count_penalties.ts";
import { chatEnds } from "../../generate/request/chat_end.ts";
import { mergeSettings, newTokensFor, type PromptSettings } from "../../generate/request/settings.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import { badRequest } from "../http/http_error.ts";
import type { RequestModel } from "./served_model.ts";

/** Stop strings of one request: each is searched for at every token. */
const MOST_STOPS = 64;

/** Settings of a request before its prompt is known. */
export interface RequestSettings extends PromptSettings {
  readonly cacheSalt: string | undefined;
}

/**
 * The settings of a request: its body over the defaults of the model, as in `llama run`.
 * @param answerTokens length of an answer if the body names none
 * @param isChat true if the tokenizer's end token ends an answer too
 * @throws HttpError naming the field
 */
export function settingsFor(
  model: RequestModel,
  { asked, values }: ReadBody,
  { answerTokens = Infinity, isChat = false, logprobs }: {
    answerTokens?: number;
    isChat?: boolean;
    logprobs?: number;
  },
): RequestSettings {
  const { vocabSize, tokenizer, defaults } = model;
  const namesLength = asked.maxNewTokens !== undefined || asked.generation?.maxLength;
  const merged = mergeSettings(defaults, model.flags ?? {}, {
    ...asked,
    // In OpenAI's API also a model whose files say greedy.
    ...drawnWhenWarm(asked),
    ...(!namesLength && { maxNewTokens: answerTokens }),
    logprobs,
    // The number of answers is the client's to say, not the model's files'.
    numReturnSequences: asked.numReturnSequences ?? 1,
  }, tokenizer);
  if (merged.options.stop.length > MOST_STOPS) {
    throw badRequest(`stop: expected at most ${MOST_STOPS} texts, got ${merged.options.stop.length}`, "stop");
  }
  const penalties = [values.frequency_penalty ?? 0, values.presence_penalty ?? 0] as [number, number];
  const biases = readBiases(values.logit_bias, vocabSize);
  const options: GenerationOptions = {
    ...merged.options,
    ...(biases.length > 0 && { sequenceBias: [...merged.options.sequenceBias ?? [], ...biases] }),
    ...(penalties.some((value) => value !== 0) && { logitsProcessor: [countPenalties(...penalties)] }),
    ...(isChat && { eosTokenIds: chatEnds(merged.options, tokenizer.eosTokenId, asked.ignoreEos) }),
    // The server decodes token by token, whatever the model's own settings request.
    ...{ numBeams: 1, promptLookupNumTokens: undefined },
  };
  nameField(() => checkOptionIds(options, vocabSize, "", snakeCase));
  return { ...merged, options, cacheSalt: values.cache_salt as string | undefined };
}

/** The options for a prompt of this length: the answer ends where the context does. @throws HttpError */
export function optionsWithin(
  { context }: RequestModel,
  options: GenerationOptions,
  length: number,
): GenerationOptions {
  const room = nameField(() => newTokensFor(options, length, "max_length"));
  return { ...options, maxNewTokens: Math.min(room, context - length) };
}

/** `{"id": bias}` as biases of single tokens. */
function readBiases(given: unknown, vocabSize: number): [number[], number][] {
  return Object.entries(given ?? {}).map(([key, bias]) => {
    const id = /^\d{1,10}$/.test(key) ? Number(key) : NaN;
    if (!(id < vocabSize)) {
      throw badRequest(
        `logit_bias: expected token ids below the vocabulary's ${vocabSize}, got ${
          JSON.stringify(key.slice(0, 40))
        }`,
        "logit_bias",
      );
    }
    if (typeof bias !== "number" || !(Math.abs(bias) <= 100)) {
      throw badRequest(
        `logit_bias.${id}: expected a number from -100 to 100, got ${kindOf(bias)}`,
        "logit_bias",
      );
    }
    return [[id], bias];
  });
}

/** Messages of data errors here begin with the field. */
function nameField<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw badRequest(error.message, /^\w+/.exec(error.message)?.[0] ?? null);
  }
}
