import { type Fields, REQUIRED } from "../../base/fields.ts";
import { sliceSpan, type Span } from "./span.ts";
import { characterAt, characterBefore, isSpace, isWord } from "../unicode/unicode.ts";
import { Trie } from "../models/trie.ts";

/** A token that is searched for in the text before any other step. */
export interface AddedToken {
  /** Its text. */
  content: string;
  /** Omitted by `skipSpecialTokens`, and literal text if special tokens are not parsed. */
  special: boolean;
  /** Includes the preceding white space. */
  lstrip: boolean;
  /** Includes the following white space. */
  rstrip: boolean;
  /** Not matched inside a word. */
  singleWord: boolean;
  /** Searched for in normalized text. */
  normalized: boolean;
}

/** Reads an added token's JSON form; missing flags are false, `normalized` the opposite of `special`. */
export function readAddedToken(section: Fields): AddedToken {
  const special = section.boolean("special", null) ?? false;
  return {
    content: section.string("content", REQUIRED),
    special,
    lstrip: section.boolean("lstrip", null) ?? false,
    rstrip: section.boolean("rstrip", null) ?? false,
    singleWord: section.boolean("single_word", null) ?? false,
    normalized: section.boolean("normalized", null) ?? !special,
  };
}

/** An added token with the default flags of a special one. */
export function specialToken(content: string): AddedToken {
  return { content, special: true, lstrip: false, rstrip: false, singleWord: false, normalized: false };
}

/** True if two tokens have the same text and flags. */
export function sameToken(a: AddedToken, b: AddedToken): boolean {
  return a.content === b.content && a.special === b.special && a.lstrip === b.lstrip &&
    a.rstrip === b.rstrip &&
    a.singleWord === b.singleWord && a.normalized === b.normalized;
}

/** Either an added token's id, or unmatched text. */
export type Found = { id: number; span: Span } | { id?: undefined; span: Span };

/** Finds a set of added tokens in text: leftmost-longest. */
export class AddedTokenFinder {
  #trie: Trie;
  #tokens: { id: number; token: AddedToken }[];
  #first = new Uint8Array(0x10000);

  /** @param entries each token under the text to look for. */
  constructor(entries: { text: string; id: number; token: AddedToken }[]) {
    this.#tokens = entries.map(({ id, token }) => ({ id, token }));
    this.#trie = new Trie(entries.map((entry) => entry.text));
    for (const { text } of entries) if (text !== "") this.#first[text.charCodeAt(0)] = 1;
  }

  get isEmpty(): boolean {
    return this.#tokens.length === 0;
  }

  /** Splits a span at the tokens; if `parseSpecial` is false, special tokens remain text. */
  split(span: Span, parseSpecial: boolean): Found[] {
    if (this.isEmpty) return [{ span }];
    const { text } = span;
    const out: Found[] = [];
    let done = 0;
    for (let at = 0; at < text.length;) {
      if (this.#first[text.charCodeAt(at)] === 0) {
        at++;
        continue;
      }
      let stop = -1;
      let index = -1;
      this.#trie.walk(text, at, (end, found) => [stop, index] = [end, found]);
      if (index === -1) {
        at++;
        continue;
      }
      const { id, token } = this.#tokens[index];
      let start = at;
      at = stop;
      if (!parseSpecial && token.special) continue;
      if (token.singleWord && !standsAlone(text, start, stop)) continue;
      if (token.lstrip) { while (start > done && isSpace(text.charCodeAt(start - 1))) start--; }
      if (token.rstrip) { while (stop < text.length && isSpace(text.charCodeAt(stop))) stop++; }
      if (start > done) out.push({ span: sliceSpan(span, done, start) });
      out.push({ id, span: sliceSpan(span, start, stop) });
      done = stop;
      at = Math.max(at, stop);
    }
    if (done < text.length) out.push({ span: sliceSpan(span, done, text.length) });
    return out;
  }
}

function standsAlone(text: string, start: number, stop: number): boolean {
  if (start > 0 && isWord(characterBefore(text, start))) return false;
  return stop === text.length || !isWord(characterAt(text, stop));
}
