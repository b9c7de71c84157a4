import type { GenerationEvent } from "../../generate/mod.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import { tokenBytes, tokenText } from "../../tokenizer/token_bytes.ts";

/** A token with its share of the text. */
export interface NamedToken {
  readonly id: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly logprob: number;
}

/** A token of an answer, its log-probability and the best alternatives. */
export interface TokenScore extends NamedToken {
  readonly top: readonly NamedToken[];
}

/** JSON has no infinities; OpenAI's API writes this for a token that cannot come. */
const LEAST_LOGPROB = -9999;

type Described = NonNullable<GenerationEvent["logprobs"]>;

/**
 * Gives out the log-probabilities of an answer's tokens together with its text: a token whose text is held back is
 * held back too, and the bytes of all tokens, joined, are the text.
 */
export class ScoredTokens {
  readonly #tokenizer: LlamaTokenizerFast;
  #waiting: TokenScore[] = [];
  /** Bytes of text that were given out and belong to waiting tokens. */
  #ahead = 0;
  /** True before a text that begins with nothing: its first token loses a space. */
  #isStart: boolean;

  constructor(tokenizer: LlamaTokenizerFast, prompt: readonly number[]) {
    this.#tokenizer = tokenizer;
    this.#isStart = tokenizer.decode(prompt, { skipSpecialTokens: true }) === "";
  }

  /** Adds new tokens, and the text that became certain with them. */
  add(described: Described, text: string): void {
    this.#waiting.push(...described.map((one) => this.#score(one)));
    this.#ahead += new TextEncoder().encode(text).length;
  }

  /**
   * The tokens whose text is certain.
   * @param end set after the last token: `stopped` if a stop string cut the text
   */
  take(end?: { readonly stopped: boolean; readonly finish: "stop" | "length" }): TokenScore[] {
    if (end && !end.stopped) return this.#takeRest(end.finish);
    const taken: TokenScore[] = [];
    while (this.#waiting.length > 0 && this.#waiting[0].bytes.length <= this.#ahead) {
      // Text before a stop string ends here; a token after it has none.
      if (end && this.#ahead === 0) break;
      const next = this.#waiting.shift()!;
      this.#ahead -= next.bytes.length;
      taken.push(next);
    }
    if (end && this.#ahead > 0 && this.#waiting.length > 0) {
      const bytes = this.#waiting[0].bytes.slice(0, this.#ahead);
      taken.push({ ...this.#waiting[0], bytes, text: tokenText(bytes) });
    }
    return taken;
  }

  #takeRest(finish: "stop" | "length"): TokenScore[] {
    const rest = this.#waiting;
    this.#waiting = [];
    // The token that ends an answer is not in its text.
    if (finish === "stop" && rest.at(-1)?.bytes.length === 0) rest.pop();
    return rest;
  }

  #score({ token, logprob, top }: Described[number]): TokenScore {
    const isStart = this.#isStart;
    const score = {
      ...nameToken(this.#tokenizer, token, logprob, isStart),
      top: top.map(([id, value]) => nameToken(this.#tokenizer, id, value, isStart)),
    };
    if (score.bytes.length > 0) this.#isStart = false;
    return score;
  }
}

/**
 * A token with its text and bytes.
 * @param isStart true if nothing is before it
 */
export function nameToken(
  tokenizer: LlamaTokenizerFast,
  id: number,
  logprob: number,
  isStart = false,
): NamedToken {
  let bytes = tokenBytes(tokenizer, id);
  if (isStart && bytes[0] === 0x20 && !tokenizer.decode([id]).startsWith(" ")) bytes = bytes.slice(1);
  const text = bytes.length > 0 ? tokenText(bytes) : tokenizer.pipeline.idToToken(id) ?? "";
  return { id, text, bytes, logprob: Math.max(logprob, LEAST_LOGPROB) };
}
