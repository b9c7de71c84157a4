import { DataError } from "../base/errors.ts";
import { type AddedToken, sameToken, specialToken } from "./text/added_tokens.ts";
import { cleanUpTokenization, type DecodeOptions, type EncodeOptions, TokenizerBase } from "./base.ts";
import { type BatchEncoding, type BatchTokenizer, type CallOptions, encodeBatch } from "./batch.ts";
import type { TokenizerClass } from "./classes.ts";
import type { SpecialValue, TokenizerConfig, TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { idsToTokens } from "./ids_to_tokens.ts";
import { type Cut, cutAtHole, holeNormalizer, holePostProcessor, type HoleTokens } from "./infilling.ts";
import { loadTemplateEngine } from "./chat_template.ts";
import { type FastParts, loadFast } from "./load.ts";
import type { Encoded, Pipeline } from "./tokenizer_json/pipeline.ts";
import {
  bosEosPostProcessor,
  type PostProcessor,
  type TemplatePiece,
} from "./tokenizer_json/post_processors.ts";
import { writeVocabulary } from "./save_vocabulary.ts";

/**
 * transformers' LlamaTokenizerFast: runs a tokenizer.json, or a converted tokenizer.model.
 *
 * @example
 * ```ts
 * import { LlamaTokenizerFast } from "@llama/llama";
 *
 * const tokenizer = await LlamaTokenizerFast.fromPretrained("./TinyLlama");
 * const { inputIds, attentionMask } = tokenizer.call(["The sun", "Water"], { padding: true });
 * console.log(inputIds, attentionMask);
 * ```
 */
export class LlamaTokenizerFast extends TokenizerBase {
  #pipeline: Pipeline;
  #kind: TokenizerClass;
  #hole?: HoleTokens;
  #files: TokenizerFiles;

  /** For `fromPretrained`, which reads the parts. */
  constructor(parts: FastParts) {
    super(parts.config, parts.kind);
    this.#pipeline = parts.pipeline;
    this.#kind = parts.kind;
    this.#hole = parts.kind.infills ? parts.config.hole : undefined;
    this.#files = parts.files;
    this.#addMissing(parts.config);
    if (parts.kind.settings) this.updatePostProcessor();
  }

  /**
   * Loads tokenizer.json, or else converts tokenizer.model, from a folder or a cached hub id (`owner/name`).
   *
   * @throws DataError naming the file and the invalid entry.
   */
  static async fromPretrained(path: string, options: TokenizerOptions = {}): Promise<LlamaTokenizerFast> {
    const [parts] = await Promise.all([loadFast(path, options), loadTemplateEngine()]);
    return new LlamaTokenizerFast(parts);
  }

  /**
   * Appends tokens named in the config files that tokenizer.json lacks or has with other flags. A special token given
   * as plain text sets no flags.
   */
  #addMissing(config: TokenizerConfig): void {
    const present = [...this.#pipeline.added.values()];
    const special = new Set(this.allSpecialTokens);
    const missing = [...config.addedTokens].sort(([a], [b]) => a - b)
      .map(([, token]) => ({ ...token, special: token.special || special.has(token.content) }))
      .filter((token) => !present.some((other) => sameToken(token, other)));
    const asText = new Set([...present, ...missing].map(({ content }) => content));
    const listed = [...missing];
    for (const [token, hasFlags] of this.#specialTokens(config)) {
      const isThere = hasFlags ? listed.some((other) => sameToken(token, other)) : asText.has(token.content);
      if (!isThere) missing.push(token);
    }
    if (missing.length === 0) return;
    this.#pipeline.addTokens(missing);
  }

  /** The special tokens without repeated texts, each with true if it has flags. */
  #specialTokens(config: TokenizerConfig): [AddedToken, boolean][] {
    const hasFlags = (value?: SpecialValue | null) => typeof value === "object" && value !== null;
    const withFlags = (tokens: readonly AddedToken[], values: readonly SpecialValue[]) =>
      tokens.map((token, k): [AddedToken, boolean] => [token, hasFlags(values[k])]);
    const groups = [
      ...[...this.special].map(([name, token]): [AddedToken, boolean][] => [
        [token, hasFlags(config.special[name]) || this.#kind.flagged?.includes(name) === true],
      ]),
      withFlags(this.additional, config.additionalSpecialTokens),
      ...withFlags(this.extra, config.extraSpecialTokens).map((one) => [one]),
    ];
    const seen = new Set<string>();
    return groups.flatMap((group) => {
      const fresh = group.filter(([{ content }]) => !seen.has(content));
      for (const [{ content }] of fresh) seen.add(content);
      return fresh;
    });
  }

  /** Id of a token, or undefined. */
  protected lookUp(token: string): number | undefined {
    return this.#pipeline.tokenToId(token);
  }

  /** Texts that are parsed as special tokens. */
  protected parsedTokens(): string[] {
    const special = [...this.#pipeline.added.values()].filter((token) => token.special);
    const fill = this.#hole?.fill ?? null;
    return [...special.map((token) => token.content), ...(fill === null ? [] : [fill])];
  }

  /** @internal For batches. */
  readonly truncatesSlowly = false;

  /** @internal For batches. */
  get postProcessor(): PostProcessor {
    return this.#pipeline.postProcessor;
  }

  /** @internal For batches. */
  encodeTracked(text: string, parseSpecial: boolean): Encoded {
    return this.#pipeline.encode(text, parseSpecial, true);
  }

  /** @internal For batches. */
  tokenOf(id: number): string | undefined {
    return this.#pipeline.idToToken(id);
  }

  /**
   * The text pipeline, for streaming and batches.
   * @internal
   */
  get pipeline(): Pipeline {
    return this.#pipeline;
  }

  /** Size of the vocabulary without added tokens. */
  get vocabSize(): number {
    return this.#pipeline.vocabSize;
  }

  /** Size with added tokens: Python's `len(tokenizer)`. */
  get length(): number {
    return this.#pipeline.fullSize;
  }

  /** Updates the post-processor to the current `addBosToken`, `addEosToken` and tokens. */
  updatePostProcessor(): void {
    const { bos, eos } = this.around();
    this.#pipeline.postProcessor = bosEosPostProcessor(bos, eos);
  }

  /** Encodes a text, or a pair of texts, to ids. */
  encode(text: string, options?: EncodeOptions): number[];
  /** Encodes a pair of texts to ids. */
  encode(text: string, pair: string, options?: EncodeOptions): number[];
  encode(text: string, second?: string | EncodeOptions, third?: EncodeOptions): number[] {
    const pair = typeof second === "string" ? second : undefined;
    return this.#encodeParts(text, pair, (typeof second === "string" ? third : second) ?? {}).flatMap(
      (part) => part.ids,
    );
  }

  /** The parts that the post-processor joins: encoded texts and the special tokens between them. */
  #encodeParts(text: string, pair: string | undefined, options: EncodeOptions): Encoded[] {
    const { addSpecialTokens = true, parseSpecial, mark } = options;
    const parse = parseSpecial ?? !this.splitSpecialTokens;
    // A mark protects user text in a chat; such text has no hole.
    const cut = mark === undefined ? this.#cut(text, pair) : text;
    if (typeof cut !== "string") {
      const part = (one: string) => this.#pipeline.encode(one, parse, false, mark, holeNormalizer);
      return joinParts(this.#holeProcessor(addSpecialTokens).pair, part(" " + cut.before), part(cut.after));
    }
    const a = this.#pipeline.encode(cut, parse, false, mark);
    // An empty second text counts as none.
    const b = pair ? this.#pipeline.encode(pair, parse, false, mark) : undefined;
    if (!addSpecialTokens) return b ? [a, b] : [a];
    const { single, pair: both } = this.#pipeline.postProcessor;
    return joinParts(b ? both : single, a, b);
  }

  /** The parts around a hole, if this tokenizer supports infilling and the text has one; a pair counts as one. */
  #cut(text: string, pair: string | undefined): string | Cut {
    if (this.#hole === undefined || pair === "") return text;
    if (pair !== undefined) return { before: text, after: pair };
    return cutAtHole(text, this.#hole);
  }

  #holeProcessor(addSpecialTokens: boolean): PostProcessor {
    const around = addSpecialTokens ? this.around() : { bos: [], eos: [] };
    return holePostProcessor(this.#hole as HoleTokens, (token) => this.lookUp(token), around);
  }

  /** Encodes texts together: padding, truncation, masks, offsets. */
  call(texts: string | string[], options: CallOptions = {}): BatchEncoding {
    const { textPair, addSpecialTokens = true } = options;
    // As in the reference, texts in a list have no holes.
    if (typeof texts !== "string" || Array.isArray(textPair)) return encodeBatch(this, texts, options);
    const cut = this.#cut(texts, textPair);
    if (typeof cut === "string") return encodeBatch(this, cut, options);
    const view: BatchTokenizer = {
      postProcessor: this.#holeProcessor(addSpecialTokens),
      splitSpecialTokens: this.splitSpecialTokens,
      modelMaxLength: this.modelMaxLength,
      padTokenId: this.padTokenId,
      paddingSide: this.paddingSide,
      truncationSide: this.truncationSide,
      truncatesSlowly: false,
      encodeTracked: (text, parse) => this.#pipeline.encode(text, parse, true, "", holeNormalizer),
      tokenOf: (id) => this.tokenOf(id),
    };
    return encodeBatch(view, " " + cut.before, { ...options, textPair: cut.after, addSpecialTokens: true });
  }

  /** Adds special tokens around a sequence or a pair. */
  override buildInputsWithSpecialTokens(a: readonly number[], b?: readonly number[] | null): number[] {
    if (this.#kind.settings) return super.buildInputsWithSpecialTokens(a, b);
    const { single, pair } = this.#pipeline.postProcessor;
    const part = (ids: readonly number[]): Encoded => ({ ids: [...ids] });
    return joinParts(b ? pair : single, part(a), b ? part(b) : undefined).flatMap(({ ids }) => ids);
  }

  /** 0 for the first sequence, 1 for the second; special tokens are not counted (transformers' fast tokenizers). */
  createTokenTypeIdsFromSequences(a: readonly number[], b?: readonly number[] | null): number[] {
    return [...a.map(() => 0), ...(b ?? []).map(() => 1)];
  }

  /** Decodes ids to text; ignores ids outside the vocabulary. */
  decode(ids: number | readonly number[], options: DecodeOptions = {}): string {
    const text = this.#pipeline.decode(
      typeof ids === "number" ? [ids] : ids,
      options.skipSpecialTokens ?? false,
    );
    return options.cleanUpTokenizationSpaces ?? this.cleanUpTokenizationSpaces
      ? cleanUpTokenization(text)
      : text;
  }

  /** Decodes several sequences. */
  batchDecode(batch: readonly (readonly number[])[], options: DecodeOptions = {}): string[] {
    return batch.map((ids) => this.decode(ids, options));
  }

  /** Tokenizes a text to token strings; adds special tokens only on request. */
  tokenize(text: string, options: EncodeOptions = {}): string[] {
    const parts = this.#encodeParts(text, undefined, { addSpecialTokens: false, ...options });
    // Added tokens appear as in the text.
    return parts.flatMap(({ ids, found }) =>
      ids.map((id, at) => found?.get(at) ?? this.convertIdsToTokens(id))
    );
  }

  /** Id of a token; for an unknown token, the id of the unknown token. */
  convertTokensToIds(token: string): number | undefined;
  /** Ids of tokens. */
  convertTokensToIds(tokens: readonly string[]): number[];
  /** Ids of tokens; for unknown tokens, the id of the unknown token. */
  convertTokensToIds(tokens: string | readonly string[]): number | undefined | (number | undefined)[] {
    const one = (token: string) => this.lookUp(token) ?? this.unkTokenId;
    return typeof tokens === "string" ? one(tokens) : tokens.map(one);
  }

  /** Token of an id. @throws DataError for an id outside the vocabulary. */
  convertIdsToTokens(id: number): string;
  /** Tokens of ids. */
  convertIdsToTokens(ids: readonly number[], options?: { skipSpecialTokens?: boolean }): string[];
  /** Tokens of ids, as in the vocabulary. @throws DataError for an id outside it. */
  convertIdsToTokens(
    ids: number | readonly number[],
    options: { skipSpecialTokens?: boolean } = {},
  ): string | string[] {
    return idsToTokens(this, ids, options);
  }

  /** Joins arbitrary tokens to text; see {@linkcode LlamaTokenizerFast.decode} for ids. */
  convertTokensToString(tokens: readonly string[]): string {
    return this.#pipeline.join([...tokens]);
  }

  /** Adds tokens after loading; returns the number of new ones. */
  addTokens(tokens: (string | AddedToken)[], special = false): number {
    const before = this.length;
    this.#pipeline.addTokens(
      tokens.map((token) =>
        typeof token === "string" ? { ...specialToken(token), special, normalized: !special } : token
      ),
    );
    return this.length - before;
  }

  /**
   * Writes tokenizer.model unchanged.
   *
   * @returns paths of the files written.
   * @throws DataError if the tokenizer was loaded without a tokenizer.model; EnvironmentError when the disk refuses.
   */
  async saveVocabulary(directory: string, prefix?: string | null): Promise<string[]> {
    const bytes = this.#files["tokenizer.model"];
    if (bytes === undefined) {
      throw new DataError("tokenizer.model: expected one beside tokenizer.json to save, got none");
    }
    return await writeVocabulary(directory, prefix, bytes);
  }
}

/** The parts of a template, including its special tokens. */
function joinParts(template: readonly TemplatePiece[], a: Encoded, b?: Encoded): Encoded[] {
  return template.flatMap((piece): Encoded[] => {
    if (piece.sequence === undefined) return [{ ids: piece.ids }];
    return piece.sequence === "A" ? [a] : b === undefined ? [] : [b];
  });
}
