import { DataError } from "../base/errors.ts";
import { type AddedToken, AddedTokenFinder } from "./text/added_tokens.ts";
import { cleanUpTokenization, type DecodeOptions, type EncodeOptions, TokenizerBase } from "./base.ts";
import { llamaClass } from "./classes.ts";
import { idsToTokens } from "./ids_to_tokens.ts";
import { loadTemplateEngine } from "./chat_template.ts";
import { loadSlow } from "./load.ts";
import { type BatchEncoding, type CallOptions, encodeBatch } from "./batch.ts";
import type { TokenizerConfig, TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import type { Encoded } from "./tokenizer_json/pipeline.ts";
import { bosEosPostProcessor, type PostProcessor } from "./tokenizer_json/post_processors.ts";
import { readSampling } from "./sampling.ts";
import type { Sampling } from "./models/segmenter.ts";
import { SentencePiece } from "./sentencepiece/sentencepiece.ts";
import { readSentencePiece } from "./sentencepiece/sentencepiece_file.ts";
import { writeVocabulary } from "./save_vocabulary.ts";
import { inputSpan } from "./text/span.ts";
import { applyAddedFlags } from "./text/strip.ts";

const SPACE = "▁";

/**
 * transformers' slow LlamaTokenizer: SentencePiece's own segmentation, `legacy` true and false.
 *
 * @example
 * ```ts
 * import { LlamaTokenizer } from "@llama/llama";
 *
 * const tokenizer = await LlamaTokenizer.fromPretrained("./TinyLlama");
 * console.log(tokenizer.tokenize("The sun"), tokenizer.encode("The sun"));
 * ```
 */
export class LlamaTokenizer extends TokenizerBase {
  /** True if a text gets a prefix space. */
  readonly addPrefixSpace: boolean;
  #model: SentencePiece;
  #files: TokenizerFiles;
  #added = new Map<number, AddedToken>();
  #addedIds = new Map<string, number>();
  #finder = new AddedTokenFinder([]);
  #sampling?: Sampling;

  /**
   * For `fromPretrained`, which reads the files.
   * @param config merged settings; `files` must contain tokenizer.model.
   */
  constructor(files: TokenizerFiles, config: TokenizerConfig) {
    super(config, { ...llamaClass, paddingSide: "right" });
    const bytes = files["tokenizer.model"];
    if (bytes === undefined) throw new DataError("tokenizer.model: expected a file, got none");
    this.#files = files;
    this.addPrefixSpace = config.addPrefixSpace === undefined || config.addPrefixSpace === true;
    const file = readSentencePiece(bytes, "tokenizer.model");
    this.#model = new SentencePiece(file, this.legacy ? file.addDummyPrefix : false);
    this.#sampling = readSampling(config);
    for (const [id, token] of config.addedTokens) this.#register(id, token);
    const isMissing = (token: AddedToken): boolean => !this.#addedIds.has(token.content);
    // The class's default tokens, which no file names, have no flags, whatever flags their text has elsewhere.
    const named = [...this.special].filter(([name, token]) =>
      config.special[name] === undefined || isMissing(token)
    );
    const others = [...this.additional, ...this.extra].filter(isMissing);
    this.addTokens([...named.map(([, token]) => token), ...others], true);
  }

  /**
   * Loads the tokenizer.model of a folder.
   *
   * @throws DataError naming the file and the invalid entry.
   */
  static async fromPretrained(path: string, options: TokenizerOptions = {}): Promise<LlamaTokenizer> {
    const [{ files, config }] = await Promise.all([loadSlow(path, options), loadTemplateEngine()]);
    return new LlamaTokenizer(files, config);
  }

  #register(id: number, token: AddedToken): void {
    this.#added.set(id, token);
    this.#addedIds.set(token.content, id);
  }

  #refresh(): void {
    // The slow tokenizer strips by its own rules below.
    const entries = [...this.#addedIds].map(([text, id]) => {
      const token = this.#added.get(id) as AddedToken;
      return { text, id, token: { ...token, lstrip: false, rstrip: false, singleWord: false } };
    });
    this.#finder = new AddedTokenFinder(entries);
  }

  /** Appends tokens that the vocabulary lacks; returns the number of new ones. */
  addTokens(tokens: (string | AddedToken)[], special = false): number {
    let added = 0;
    for (const item of tokens) {
      const content = typeof item === "string" ? item : item.content;
      if (content === "" || (typeof item === "string" && this.#addedIds.has(content))) continue;
      const flags = { lstrip: false, rstrip: false, singleWord: false };
      const isSpecial = special || this.allSpecialTokens.includes(content);
      const token: AddedToken = typeof item === "string"
        ? { content, special: isSpecial, normalized: !isSpecial, ...flags }
        : { ...item, special: special || item.special };
      const known = this.#addedIds.get(content) ?? this.#pieceId(content);
      if (known === undefined) added++;
      this.#register(known ?? this.length, token);
      if (token.special && !this.allSpecialTokens.includes(content)) this.additional.push(token);
    }
    this.#refresh();
    return added;
  }

  #pieceId(text: string): number | undefined {
    const id = this.#model.pieceToId(text);
    return this.#model.pieces[id].text === text ? id : undefined;
  }

  /** Id of a token, or undefined. */
  protected lookUp(token: string): number | undefined {
    return this.#addedIds.get(token) ?? this.#pieceId(token);
  }

  /** Encodes texts together: padding, truncation, masks; no offsets. */
  call(texts: string | string[], options: CallOptions = {}): BatchEncoding {
    return encodeBatch(this, texts, options);
  }

  /** @internal For batches. */
  readonly truncatesSlowly = true;

  /** @internal For batches. */
  get postProcessor(): PostProcessor {
    const { bos, eos } = this.around();
    return bosEosPostProcessor(bos, eos);
  }

  /** @internal For batches. */
  encodeTracked(text: string, parseSpecial: boolean): Encoded {
    return { ids: this.encode(text, { parseSpecial, addSpecialTokens: false }) };
  }

  /** @internal For batches. */
  tokenOf(id: number): string | undefined {
    return this.#added.get(id)?.content ?? this.#model.pieces[id]?.text;
  }

  /** Texts that are parsed as special tokens. */
  protected parsedTokens(): string[] {
    return [...this.#added.values()].map((token) => token.content);
  }

  /** Number of pieces in tokenizer.model. */
  get vocabSize(): number {
    return this.#model.pieces.length;
  }

  /** Size with added tokens: Python's `len(tokenizer)`. */
  get length(): number {
    let size = this.vocabSize;
    for (const content of this.#addedIds.keys()) if (this.#pieceId(content) === undefined) size++;
    return size;
  }

  /** Tokenizes a text to token strings without adding special tokens. */
  tokenize(text: string, options: EncodeOptions = {}): string[] {
    const parse = options.parseSpecial ?? !this.splitSpecialTokens;
    const mark = options.mark ?? "";
    if (this.legacy || text.length === 0) return this.#tokenize(text, parse, mark);
    const prepared = (this.addPrefixSpace ? SPACE : "") + text.replaceAll(SPACE, " ");
    const tokens = this.#tokenize(prepared, parse, mark);
    const dropped = tokens.length > 1 && tokens[0] === SPACE && this.allSpecialTokens.includes(tokens[1]);
    return dropped ? tokens.slice(1) : tokens;
  }

  #tokenize(text: string, parse: boolean, mark: string): string[] {
    const found = parse ? this.#finder.split(inputSpan(text, false), true) : [{ span: { text } }];
    const parts = found.map(({ span }) => ({ text: span.text }));
    if (parse) applyAddedFlags(parts, (part) => this.#added.get(this.#addedIds.get(part) ?? -1));
    const out: string[] = [];
    for (const part of parts) {
      if (part.text === "") continue;
      const whole = parse && this.#addedIds.has(part.text);
      const pieces = whole
        ? [part.text]
        : this.#pieces(mark === "" ? part.text : part.text.replaceAll(mark, ""));
      for (const piece of pieces) out.push(piece);
    }
    return out;
  }

  /** SentencePiece's pieces of a substring; without `legacy` a leading space must survive its stripping. */
  #pieces(text: string): string[] {
    if (this.legacy || !/^[ ▁]/.test(text)) return this.#model.encode(text, this.#sampling);
    const unk = this.unkToken ?? "None";
    const length = this.#model.encode(unk, this.#sampling).length;
    const tokens = this.#model.encode(unk + text, this.#sampling);
    return tokens.length >= length ? tokens.slice(length) : tokens;
  }

  /** Encodes a text, or a pair of texts, to ids. */
  encode(text: string, options?: EncodeOptions): number[];
  /** Encodes a pair of texts to ids. */
  encode(text: string, pair: string, options?: EncodeOptions): number[];
  encode(text: string, second?: string | EncodeOptions, third?: EncodeOptions): number[] {
    const pair = typeof second === "string" ? second : undefined;
    const options = (typeof second === "string" ? third : second) ?? {};
    const ids = (part: string): number[] => this.convertTokensToIds(this.tokenize(part, options));
    const a = ids(text);
    const b = pair === undefined ? undefined : ids(pair);
    if (options.addSpecialTokens ?? true) return this.buildInputsWithSpecialTokens(a, b);
    return [...a, ...(b ?? [])];
  }

  /** Id of a token; for an unknown token, the model's unknown id. */
  convertTokensToIds(token: string): number;
  /** Ids of tokens. */
  convertTokensToIds(tokens: readonly string[]): number[];
  /** Ids of tokens; for unknown tokens, the model's unknown id. */
  convertTokensToIds(tokens: string | readonly string[]): number | number[] {
    const one = (token: string): number => this.#addedIds.get(token) ?? this.#model.pieceToId(token);
    return typeof tokens === "string" ? one(tokens) : tokens.map(one);
  }

  /** Token of an id. @throws DataError for an id outside the vocabulary. */
  convertIdsToTokens(id: number): string;
  /** Tokens of ids. */
  convertIdsToTokens(ids: readonly number[], options?: { skipSpecialTokens?: boolean }): string[];
  /** Tokens of ids. @throws DataError for an id outside the vocabulary. */
  convertIdsToTokens(
    ids: number | readonly number[],
    options: { skipSpecialTokens?: boolean } = {},
  ): string | string[] {
    return idsToTokens(this, ids, options);
  }

  /** Joins tokens to text; special tokens are kept as their text. */
  convertTokensToString(tokens: readonly string[]): string {
    const special = new Set(this.allSpecialTokens);
    let out = "";
    let current: string[] = [];
    let afterSpecial = false;
    tokens.forEach((token, i) => {
      if (i === 0 && this.addPrefixSpace && token.startsWith(SPACE)) token = token.slice(1);
      if (special.has(token)) {
        if (!afterSpecial && i !== 0 && this.legacy) out += " ";
        out += this.#model.decode(current) + token;
        afterSpecial = true;
        current = [];
      } else {
        if (afterSpecial && i === 1 && this.addPrefixSpace && !token.startsWith(SPACE)) out += " ";
        current.push(token);
        afterSpecial = false;
      }
    });
    return out + this.#model.decode(current);
  }

  /** Decodes ids to text. */
  decode(ids: number | readonly number[], options: DecodeOptions = {}): string {
    const skip = options.skipSpecialTokens ?? false;
    const special = new Set(this.allSpecialTokens);
    const tokens = this.convertIdsToTokens(typeof ids === "number" ? [ids] : ids, {
      skipSpecialTokens: skip,
    });
    const apart = new Set([...this.#addedIds.keys()].filter((token) => !special.has(token)));
    for (const { content } of this.additional) {
      if (this.convertTokensToIds(content) >= this.vocabSize) apart.add(content);
    }
    const parts: string[] = [];
    let current: string[] = [];
    for (const token of tokens) {
      if (skip && special.has(token)) continue;
      if (!apart.has(token)) {
        current.push(token);
        continue;
      }
      const text = current.length === 0 ? "" : this.convertTokensToString(current);
      if (text !== "") parts.push(text);
      parts.push(token);
      current = [];
    }
    if (current.length > 0) parts.push(this.convertTokensToString(current));
    const text = parts.join(options.spacesBetweenSpecialTokens ?? true ? " " : "");
    return options.cleanUpTokenizationSpaces ?? this.cleanUpTokenizationSpaces
      ? cleanUpTokenization(text)
      : text;
  }

  /** Decodes several sequences. */
  batchDecode(batch: readonly (readonly number[])[], options: DecodeOptions = {}): string[] {
    return batch.map((ids) => this.decode(ids, options));
  }

  /** 0 for the first sequence with its special tokens, 1 for the second. */
  createTokenTypeIdsFromSequences(a: readonly number[], b?: readonly number[] | null): number[] {
    const { bos, eos } = this.around();
    const extra = bos.length + eos.length;
    return [
      ...new Array(a.length + extra).fill(0),
      ...new Array(b ? b.length + extra : 0).fill(1),
    ];
  }

  /** Writes tokenizer.model unchanged; returns the path. @throws EnvironmentError when the disk refuses */
  async saveVocabulary(directory: string, prefix?: string | null): Promise<string[]> {
    return await writeVocabulary(directory, prefix, this.#files["tokenizer.model"] as Uint8Array);
  }
}
