import { cleanUps, cleanUpTokenization } from "./base.ts";
import { byteOfToken } from "./tokenizer_json/decoders.ts";
import type { LlamaTokenizerFast } from "./fast.ts";

/** Ids kept as context when the window is cut, and the window length worth cutting. */
const CONTEXT = 8;
const WINDOW = 64;

/** Options of a {@link StreamDecoder}. */
export interface StreamOptions {
  /** Preceding ids; their text is not repeated, but a word after them keeps its space. */
  prompt?: readonly number[];
  /** Omits special tokens; default: true. */
  skipSpecialTokens?: boolean;
  /** As in `decode`; default: the tokenizer's setting. */
  cleanUpTokenizationSpaces?: boolean;
}

/**
 * Decodes ids incrementally. The concatenation of all results of `push` and `flush` is `decode(prompt + ids)` without
 * its first `decode(prompt).length` code points (as Python counts). Returned text is never revised, and no character is
 * split.
 */
export class StreamDecoder {
  #tokenizer: LlamaTokenizerFast;
  #skipSpecial: boolean;
  #cleanUp: boolean;
  /** The last ids; earlier text is final. */
  #window: number[] = [];
  /** Window length at which to try to drop its front. */
  #limit = WINDOW;
  /** Length of the window's raw text already taken. */
  #taken = 0;
  /** Final raw text whose clean-up may still depend on later text. */
  #raw = "";
  /** Code points of the prompt's text still to be skipped. */
  #skip: number;

  /** Starts after the prompt, if there is one. */
  constructor(tokenizer: LlamaTokenizerFast, options: StreamOptions = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecial = options.skipSpecialTokens ?? true;
    this.#cleanUp = options.cleanUpTokenizationSpaces ?? tokenizer.cleanUpTokenizationSpaces;
    const prompt = options.prompt ?? [];
    const decodeOptions = { skipSpecialTokens: this.#skipSpecial, cleanUpTokenizationSpaces: this.#cleanUp };
    this.#skip = Array.from(tokenizer.decode(prompt, decodeOptions)).length;
    if (prompt.length > 0) this.#advance(prompt, false);
  }

  /** Adds ids; returns the characters that no later id can change. */
  push(ids: readonly number[]): string {
    return this.#advance(ids, false);
  }

  /** Returns the remaining text at the end of the stream. */
  flush(): string {
    return this.#advance([], true);
  }

  #advance(ids: readonly number[], last: boolean): string {
    for (const id of ids) this.#window.push(id);
    const text = this.#decode(this.#window);
    const stable = last ? text.length : this.#stableLength(text);
    if (stable > this.#taken) {
      this.#raw += text.slice(this.#taken, stable);
      this.#taken = stable;
    }
    if (this.#window.length > this.#limit) {
      this.#trim(text);
      this.#limit = this.#window.length + WINDOW;
    }
    const cut = last || !this.#cleanUp ? this.#raw.length : safeCut(this.#raw);
    let out = this.#raw.slice(0, cut);
    this.#raw = this.#raw.slice(cut);
    if (this.#cleanUp) out = cleanUpTokenization(out);
    let start = 0;
    for (; this.#skip > 0 && start < out.length; this.#skip--) {
      start += (out.codePointAt(start) as number) > 0xffff ? 2 : 1;
    }
    return out.slice(start);
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer.pipeline.decode(ids, this.#skipSpecial);
  }

  /** Length of the final part of the window's text. */
  #stableLength(text: string): number {
    const { pipeline } = this.#tokenizer;
    if (pipeline.holdBack === "lastCharacter") return text.endsWith("\ufffd") ? text.length - 1 : text.length;
    if (pipeline.holdBack === "nothing") return text.length;
    // A run of byte tokens is text or U+FFFD as a whole. Skipped ids do not end it.
    let end = this.#window.length;
    for (let k = end - 1; k >= 0; k--) {
      const id = this.#window[k];
      const token = pipeline.idToToken(id);
      if (token === undefined || (this.#skipSpecial && pipeline.isSpecial(id))) continue;
      if (byteOfToken(token) === -1) break;
      end = k;
    }
    return end === this.#window.length ? text.length : this.#decode(this.#window.slice(0, end)).length;
  }

  /** Drops ids from the front of the window if the remaining ids decode to the end of the same text. */
  #trim(text: string): void {
    for (let keep = CONTEXT; keep < this.#window.length; keep *= 2) {
      const rest = this.#window.slice(-keep);
      // The first id must have its own text, to absorb a decoder's changes to the beginning.
      if (this.#decode(rest.slice(0, 1)).trim() === "") continue;
      const shorter = this.#decode(rest);
      const dropped = text.length - shorter.length;
      const whole = this.#decode(this.#window.slice(0, -keep));
      if (
        !text.endsWith(shorter) || dropped >= this.#taken || whole.endsWith("\ufffd") ||
        shorter.startsWith("\ufffd")
      ) continue;
      if (this.#tokenizer.pipeline.holdBack === "bytes" && this.#startsInBytes(rest)) continue;
      this.#window = rest;
      this.#taken -= dropped;
      return;
    }
  }

  #startsInBytes(ids: readonly number[]): boolean {
    return byteOfToken(this.#tokenizer.pipeline.idToToken(ids[0]) ?? "") !== -1;
  }
}

const prefixes = new Set(
  cleanUps.flatMap(([from]) => Array.from(from, (_, k) => from.slice(0, k))).filter((text) => text !== ""),
);

/** The longest prefix of a text whose clean-up does not depend on later text. */
function safeCut(text: string): number {
  for (let length = 1; length <= 3 && length <= text.length; length++) {
    const tail = text.slice(-length);
    if (tail.startsWith(" ")) return prefixes.has(tail) ? text.length - length : text.length;
  }
  return text.length;
}
