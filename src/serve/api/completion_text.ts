import type { Piece } from "../work/choice.ts";
import { type NamedToken, nameToken, type TokenScore } from "../work/scored_tokens.ts";
import type { ServedModel } from "../work/served_model.ts";

/** A prompt that its answer repeats. */
export interface Echo {
  readonly text: string;
  /** Its tokens with their log-probabilities, if they were asked for; the first has none. */
  readonly scores: readonly EchoScore[];
}

type EchoScore = Omit<TokenScore, "logprob" | "top"> & {
  readonly logprob: number | null;
  readonly top: readonly NamedToken[] | null;
};

/** The echo of a prompt. @param logprobs number of alternatives; undefined for none */
export async function echoOf(
  model: ServedModel,
  prompt: string | number[],
  ids: readonly number[],
  logprobs: number | undefined,
  signal: AbortSignal,
): Promise<Echo> {
  const { tokenizer } = model;
  const text = typeof prompt === "string" ? prompt : tokenizer.decode(prompt, { skipSpecialTokens: true });
  if (logprobs === undefined) return { text, scores: [] };
  const score = await model.score(ids, { top: logprobs, signal });
  let isStart = true;
  const scores = ids.map((id, i) => {
    const here = isStart;
    const logprob = score.logprobs[i];
    const named = nameToken(tokenizer, id, logprob ?? 0, here);
    if (named.bytes.length > 0) isStart = false;
    const top = score.top?.[i]?.map(([other, value]) => nameToken(tokenizer, other, value, here)) ?? null;
    return { ...named, logprob: logprob === null ? null : named.logprob, top };
  });
  return { text, scores };
}

/** OpenAI's older shape of log-probabilities. */
interface LegacyLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  readonly text_offset: number[];
}

/** One choice of `/v1/completions` while its text arrives. */
export class CompletionText {
  #text: string;
  #scores: EchoScore[];
  #finish: string | null;
  /** Characters of the tokens given out so far. */
  #offset = 0;
  #sum = 0;
  #count = 0;

  /** @param isWhole true if nothing follows the echo */
  constructor(echo: Echo | undefined, isWhole: boolean) {
    this.#text = echo?.text ?? "";
    this.#scores = [...echo?.scores ?? []];
    this.#finish = isWhole ? "length" : null;
  }

  /** Adds a piece of the answer. */
  add({ text, scores, finish }: Piece): void {
    this.#text += text;
    this.#scores.push(...scores);
    this.#finish = finish ?? null;
    for (const { logprob } of scores) this.#sum += logprob;
    this.#count += scores.length;
  }

  /** Mean log-probability of the answer's tokens. */
  get meanLogprob(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The text, and the tokens, that came since the last part. */
  part(hasLogprobs: boolean): { text: string; logprobs: LegacyLogprobs | null } {
    const [text, scores] = [this.#text, this.#scores];
    this.#text = "";
    this.#scores = [];
    return { text, logprobs: hasLogprobs && scores.length > 0 ? this.#legacy(scores) : null };
  }

  /** The whole choice. */
  whole(hasLogprobs: boolean): Record<string, unknown> {
    return {
      text: this.#text,
      logprobs: hasLogprobs ? this.#legacy(this.#scores) : null,
      finish_reason: this.#finish,
    };
  }

  #legacy(scores: readonly EchoScore[]): LegacyLogprobs {
    return {
      tokens: scores.map(({ text }) => text),
      token_logprobs: scores.map(({ logprob }) => logprob),
      top_logprobs: scores.map(alternatives),
      text_offset: scores.map(({ bytes }) => {
        const offset = this.#offset;
        this.#offset += charactersOf(bytes);
        return offset;
      }),
    };
  }
}

/** The alternatives by their texts; of two with one text, the likelier. The token itself is always there. */
function alternatives({ text, logprob, top }: EchoScore): Record<string, number> | null {
  if (top === null || logprob === null) return null;
  const all: Record<string, number> = {};
  for (const one of [...top, { text, logprob }]) {
    if (!Object.hasOwn(all, one.text)) {
      Object.defineProperty(all, one.text, { value: one.logprob, enumerable: true, configurable: true });
    }
  }
  return all;
}

/** Number of characters that begin in these bytes. */
function charactersOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + ((byte & 0xc0) === 0x80 ? 0 : 1), 0);
}
