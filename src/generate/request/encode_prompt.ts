import { DataError } from "../../base/errors.ts";

/** The tokenizer methods that read a prompt. */
export interface Encoder {
  encode(text: string, options: { addSpecialTokens?: boolean; parseSpecial?: boolean }): number[];
}

/** A prompt and its name in messages. */
export interface NamedPrompt {
  /** Text, or token ids to use unchanged. */
  readonly prompt: string | number[];
  readonly where: string;
}

/** A prompt has more tokens than its context holds. */
export class PromptTooLongError extends DataError {
  override name = "PromptTooLongError";

  /** @param tokens number of tokens of the prompt, in words if it was not counted to the end */
  constructor(message: string, readonly tokens: string, readonly limit: number) {
    super(message);
  }
}

/** Longest text that is encoded: a longer one can exhaust the 4 GB of V8's heap, which ends the process. */
const MOST_CHARACTERS = 2 ** 25;

/**
 * The token ids of a prompt: encodes a text, keeps a record's own ids.
 * @param vocabSize size of the vocabulary; ids must be below it
 * @param least minimum number of tokens
 * @throws DataError for a text without a tokenizer, an id outside the vocabulary, or too few tokens
 */
export function encodePrompt(
  item: NamedPrompt,
  tokenizer: Encoder | undefined,
  settings: { raw?: boolean; parseSpecial?: boolean },
  vocabSize: number,
  least: 0 | 1 = 1,
): number[] {
  const { prompt, where } = item;
  if (typeof prompt !== "string") {
    const bad = prompt.findIndex((id) => id >= vocabSize);
    if (bad >= 0) {
      throw new DataError(
        `${where}: prompt[${bad}]: expected an id below the vocabulary's ${vocabSize}, got ${prompt[bad]}`,
      );
    }
  } else if (!tokenizer) {
    throw new DataError(
      `${where}: the model has no tokenizer.json or tokenizer.model: expected token ids, got text`,
    );
  }
  if (typeof prompt === "string" && prompt.length > MOST_CHARACTERS) {
    throw new DataError(`${where}: expected at most ${MOST_CHARACTERS} characters, got ${prompt.length}`);
  }
  const ids = typeof prompt !== "string" ? prompt : tokenizer!.encode(prompt, {
    addSpecialTokens: !settings.raw,
    parseSpecial: settings.parseSpecial ?? false,
  });
  if (ids.length < least) {
    throw new DataError(`${where}: expected at least one token in the prompt, got none`);
  }
  return ids;
}

/** Maximum length of a sequence in tokens, and the source of that bound. */
export interface Context {
  readonly tokens: number;
  readonly name: string;
}

/**
 * The token ids of a prompt that fits the context, with room for `newTokens`; see {@link encodePrompt}.
 * @throws DataError with both counts if it does not fit
 */
export function encodeFitting(
  item: NamedPrompt,
  tokenizer: Encoder | undefined,
  settings: { raw?: boolean; parseSpecial?: boolean },
  vocabSize: number,
  context: Context,
  newTokens: 0 | 1,
): number[] {
  refuseFarTooLong(item, tokenizer, settings, context);
  const ids = encodePrompt(item, tokenizer, settings, vocabSize);
  checkFits(ids, context, item.where, newTokens);
  return ids;
}

/** For a text of more characters than this times the context, the beginning is encoded first. */
const CHARACTERS_A_TOKEN = 16;

/**
 * Rejects a text whose beginning alone fills the context twice, so that a line of many megabytes does not
 * cost the time and memory of all its tokens.
 */
function refuseFarTooLong(
  { prompt, where }: NamedPrompt,
  tokenizer: Encoder | undefined,
  settings: { parseSpecial?: boolean },
  { tokens, name }: Context,
): void {
  const length = CHARACTERS_A_TOKEN * tokens;
  if (typeof prompt !== "string" || tokenizer === undefined || prompt.length <= 4 * length) return;
  const ids = tokenizer.encode(prompt.slice(0, length), { parseSpecial: settings.parseSpecial ?? false });
  if (ids.length <= 2 * tokens) return;
  const count = `more than ${2 * tokens}`;
  throw new PromptTooLongError(
    `${where}: the prompt has ${count} tokens (${prompt.length} characters), ${name} holds ${tokens}`,
    count,
    tokens,
  );
}

/** Checks that a prompt fits the context, with room for `newTokens`. @throws DataError with both counts */
function checkFits(ids: readonly number[], context: Context, where: string, newTokens: 0 | 1): void {
  if (ids.length + newTokens <= context.tokens) return;
  const room = ids.length === context.tokens ? "; no room for a new token" : "";
  throw new PromptTooLongError(
    `${where}: the prompt has ${ids.length} tokens, ${context.name} holds ${context.tokens}${room}`,
    `${ids.length}`,
    context.tokens,
  );
}
