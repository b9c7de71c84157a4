import { type AddedToken, AddedTokenFinder, sameToken } from "../text/added_tokens.ts";
import type { Decoder, HoldBack } from "./decoders.ts";
import type { TokenModel } from "../models/model.ts";
import type { Normalizer } from "./normalizers.ts";
import { plainPostProcessor, type PostProcessor } from "./post_processors.ts";
import type { PreTokenizer } from "./pre_tokenizers.ts";
import { inputSpan, type Span } from "../text/span.ts";

/** The sections of a tokenizer.json, ready to run. */
export interface PipelineParts {
  model: TokenModel;
  normalizer?: Normalizer;
  preTokenizer?: PreTokenizer;
  postProcessor?: PostProcessor;
  decoder?: Decoder;
  holdBack: HoldBack;
}

/**
 * Tokens of one text; `starts` and `ends` (UTF-16 units of the input) and `words` (index, from 0, of the
 * pre-tokenizer's word or the added token) only on request.
 */
export interface Encoded {
  ids: number[];
  /** Texts of matched added tokens, including absorbed white space, by index in `ids`. */
  found?: Map<number, string>;
  starts?: number[];
  ends?: number[];
  words?: number[];
}

/**
 * Text → added tokens → normalizer → pre-tokenizer → model, and back through the decoder. Pure; adds no special tokens.
 */
export class Pipeline {
  readonly model: TokenModel;
  postProcessor: PostProcessor;
  readonly holdBack: HoldBack;
  #parts: PipelineParts;
  #byId = new Map<number, AddedToken>();
  #byContent = new Map<string, number>();
  /** Special tokens by text, and the others in order, as first added; they determine where to search. */
  #special = new Map<string, AddedToken>();
  #plain: AddedToken[] = [];
  /** One more than the largest id of an added token. */
  #afterLast = 0;
  #literal = new AddedTokenFinder([]);
  #normalized = new AddedTokenFinder([]);

  /** @param added each gets the id that the reference assigns, which may differ from the one in the file */
  constructor(parts: PipelineParts, added: readonly { token: AddedToken }[]) {
    this.#parts = parts;
    this.model = parts.model;
    this.holdBack = parts.holdBack;
    this.postProcessor = parts.postProcessor ?? plainPostProcessor;
    this.addTokens(added.map(({ token }) => token));
  }

  /** Added tokens by id. */
  get added(): ReadonlyMap<number, AddedToken> {
    return this.#byId;
  }

  /** Size of the model's vocabulary. */
  get vocabSize(): number {
    return this.model.vocab.size;
  }

  /** Size with the added tokens that are not in the model's vocabulary. */
  get fullSize(): number {
    let size = this.vocabSize;
    for (const content of this.#byContent.keys()) if (this.model.vocab.get(content) === undefined) size++;
    return size;
  }

  /**
   * Adds tokens; each keeps its id in the vocabulary or gets the next free one. A known token takes the new flags, but
   * it remains special once it was, and is still searched for in the same text, raw or normalized.
   */
  addTokens(tokens: readonly AddedToken[]): void {
    for (const token of tokens) {
      if (token.special && token.content !== "" && !this.#special.has(token.content)) {
        this.#special.set(token.content, token);
      }
    }
    for (const token of tokens) {
      if (token.content === "") continue;
      const id = this.#idFor(token.content);
      const before = this.#byId.get(id);
      if (before !== undefined && sameToken(before, token)) continue;
      this.#byId.set(id, { ...token, special: this.#special.has(token.content) });
      this.#byContent.set(token.content, id);
      this.#afterLast = Math.max(this.#afterLast, id + 1);
      if (!this.#special.has(token.content)) this.#plain.push(token);
    }
    this.#refresh();
  }

  /** The id in the vocabulary, or the next free one. */
  #idFor(content: string): number {
    return this.tokenToId(content) ?? Math.max(this.vocabSize, this.#afterLast);
  }

  #refresh(): void {
    const normalize = this.#parts.normalizer ?? ((span: Span) => span);
    const literal = [];
    const normalized = [];
    for (const { content, normalized: isNormalized } of [...this.#special.values(), ...this.#plain]) {
      const id = this.#byContent.get(content) as number;
      const token = this.#byId.get(id) as AddedToken;
      if (!isNormalized) literal.push({ text: content, id, token });
      else normalized.push({ text: normalize(inputSpan(content, false)).text, id, token });
    }
    this.#literal = new AddedTokenFinder(literal);
    this.#normalized = new AddedTokenFinder(normalized);
  }

  tokenToId(token: string): number | undefined {
    return this.#byContent.get(token) ?? this.model.vocab.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#byId.get(id)?.content ?? this.model.vocab.tokenOf(id);
  }

  isSpecial(id: number): boolean {
    return this.#byId.get(id)?.special === true;
  }

  /**
   * @param parseSpecial true to match special tokens in the text; otherwise they are ordinary characters.
   * @param mark a character to remove after the search for special tokens (not with `tracked`).
   * @param normalizer replaces the file's own; added tokens are still searched for as before
   */
  encode(
    text: string,
    parseSpecial: boolean,
    tracked = false,
    mark = "",
    normalizer: Normalizer | undefined = this.#parts.normalizer,
  ): Encoded {
    const { preTokenizer, model } = this.#parts;
    const ids: number[] = [];
    const texts = new Map<number, string>();
    const out: Encoded = tracked
      ? { ids, found: texts, starts: [], ends: [], words: [] }
      : { ids, found: texts };
    let words = 0;
    const endWord = (): void => {
      while (out.words && out.words.length < ids.length) out.words.push(words);
      words++;
    };
    const encodeWord = (word: Span): void => {
      const tokens = model.encodeWord(word.text);
      for (const id of tokens.ids) ids.push(id);
      if (word.starts === undefined || word.ends === undefined) return;
      for (const start of tokens.starts) out.starts?.push(word.starts[start]);
      for (const end of tokens.ends) out.ends?.push(word.ends[end - 1]);
    };
    const found = (id: number, span: Span): void => {
      texts.set(ids.length, span.text);
      ids.push(id);
      out.starts?.push(span.starts?.[0] ?? 0);
      out.ends?.push(span.ends?.[span.text.length - 1] ?? 0);
      endWord();
    };
    for (const outer of this.#literal.split(inputSpan(text, tracked), parseSpecial)) {
      if (outer.id !== undefined) {
        found(outer.id, outer.span);
        continue;
      }
      if (mark !== "") outer.span.text = outer.span.text.replaceAll(mark, "");
      const normal = normalizer === undefined ? outer.span : normalizer(outer.span);
      for (const inner of this.#normalized.split(normal, parseSpecial)) {
        if (inner.id !== undefined) found(inner.id, inner.span);
        else if (inner.span.text !== "") {
          for (const word of preTokenizer === undefined ? [inner.span] : preTokenizer(inner.span)) {
            if (word.text === "") continue;
            splitWord(word, model, encodeWord);
            endWord();
          }
        }
      }
    }
    return out;
  }

  /** Decodes tokens to text without clean-up. Ignores ids outside the vocabulary. */
  decode(ids: readonly number[], skipSpecial: boolean): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.idToToken(id);
      if (token !== undefined && !(skipSpecial && this.isSpecial(id))) tokens.push(token);
    }
    return this.join(tokens);
  }

  /** Joins tokens, as in the vocabulary, to text without clean-up. */
  join(tokens: string[]): string {
    return this.#parts.decoder === undefined ? tokens.join(" ") : this.#parts.decoder(tokens).join("");
  }
}

function splitWord(word: Span, model: TokenModel, encode: (word: Span) => void): void {
  const { length } = word.text;
  for (let start = 0, end; start < length; start = end) {
    end = model.pieceEnd?.(word.text, start) ?? length;
    if (start === 0 && end === length) return encode(word);
    encode({
      text: word.text.slice(start, end),
      atStart: false,
      starts: word.starts?.subarray(start, end),
      ends: word.ends?.subarray(start, end),
    });
  }
}
