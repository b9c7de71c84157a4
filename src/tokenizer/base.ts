import { DataError, UsageError } from "../base/errors.ts";
import { type AddedToken, specialToken } from "./text/added_tokens.ts";
import {
  breakSpecialText,
  type ChatMessage,
  cutAtMark,
  markLastMessage,
  pickTemplate,
  renderTemplate,
  unusedMark,
} from "./chat_template.ts";
import { type SpecialName, specialNames, type TokenizerClass } from "./classes.ts";
import type { SpecialValue, TokenizerConfig } from "./config_types.ts";
import { contentOf } from "./config_tokens.ts";

/** Options of `encode`. */
export interface EncodeOptions {
  /** Adds BOS and EOS according to the tokenizer's settings; default: true. */
  addSpecialTokens?: boolean;
  /** Parses text like `</s>` as that token (default, as in transformers) instead of as plain text. */
  parseSpecial?: boolean;
  /** A character to remove after the search for special tokens; tokens broken by it remain text. */
  mark?: string;
}

/** Options of `applyChatTemplate`; transformers' names in camelCase. */
export interface ChatOptions {
  /** A template to use instead of the tokenizer's own. */
  chatTemplate?: string;
  /** Ends the text at the start of the assistant's answer. */
  addGenerationPrompt?: boolean;
  /** Leaves the last message open for continuation. */
  continueFinalMessage?: boolean;
  /** Tools for the template. */
  tools?: unknown[];
  /** Documents for the template. */
  documents?: unknown[];
  /** Additional variables for the template. */
  variables?: Record<string, unknown>;
  /**
   * If false, text like special tokens inside messages remains text; the template's own special tokens are still
   * parsed.
   */
  parseSpecial?: boolean;
}

/** Options of `decode`. */
export interface DecodeOptions {
  /** Omits special tokens. */
  skipSpecialTokens?: boolean;
  /** Removes spaces before punctuation and English contractions. */
  cleanUpTokenizationSpaces?: boolean;
  /** Slow tokenizer only: adds spaces around added tokens; default: true, as in transformers. */
  spacesBetweenSpecialTokens?: boolean;
}

/** transformers' clean-up replacements, each applied in turn to the whole text. */
export const cleanUps: readonly [string, string][] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Removes spaces before punctuation and English contractions. */
export function cleanUpTokenization(text: string): string {
  for (const [from, to] of cleanUps) text = text.replaceAll(from, to);
  return text;
}

/**
 * Base of both tokenizers: special tokens and settings, by transformers' names.
 *
 * @example
 * ```ts
 * import { LlamaTokenizerFast, TokenizerBase } from "@llama/llama";
 *
 * const tokenizer: TokenizerBase = await LlamaTokenizerFast.fromPretrained("./TinyLlama");
 * const messages = [{ role: "user", content: "What do plants need?" }];
 * console.log(tokenizer.renderChatTemplate(messages, { addGenerationPrompt: true }));
 * ```
 */
export abstract class TokenizerBase {
  /** True if the BOS token is added. */
  addBosToken: boolean;
  /** True if the EOS token is added. */
  addEosToken: boolean;
  /** True if text after a special token also gets a prefix space. */
  readonly legacy: boolean;
  /** Default of `decode`: true if it removes spaces before punctuation. */
  readonly cleanUpTokenizationSpaces: boolean;
  /** True if the chat template adds Llama 2's system prompt. */
  readonly useDefaultSystemPrompt: boolean;
  /** True if the texts of special tokens are literal. */
  readonly splitSpecialTokens: boolean;
  /** Maximum number of tokens for the model; Infinity if unset. */
  readonly modelMaxLength: number;
  /** The chat template, or several by name. */
  readonly chatTemplate?: string | Record<string, string>;
  /** Side that is padded. */
  paddingSide: "left" | "right";
  /** Side that is truncated. */
  truncationSide: "left" | "right";
  /**
   * Named special tokens that are set.
   * @internal
   */
  protected readonly special: Map<SpecialName, AddedToken> = new Map();
  /** Additional special tokens. */
  protected readonly additional: AddedToken[];
  /** Other tokens named in tokenizer_config.json. */
  protected readonly extra: AddedToken[];
  readonly #extraNames: readonly string[];

  /** Called by the two subclasses. */
  protected constructor(
    config: TokenizerConfig,
    defaults: Pick<TokenizerClass, "settings" | "paddingSide" | "tokens">,
  ) {
    const fallback = defaults.tokens;
    for (const name of specialNames) {
      const value = config.special[name] === undefined ? fallback[name] : config.special[name];
      if (value !== null && value !== undefined) {
        this.special.set(name, typeof value === "string" ? specialToken(value) : { ...value, special: true });
      }
    }
    const tokens = (values: SpecialValue[]): AddedToken[] =>
      values.map((value) => typeof value === "string" ? specialToken(value) : value);
    this.additional = tokens(config.additionalSpecialTokens);
    this.extra = tokens(config.extraSpecialTokens);
    this.#extraNames = config.extraNames;
    this.addBosToken = config.addBosToken ?? defaults.settings?.addBos ?? false;
    this.addEosToken = config.addEosToken ?? false;
    this.legacy = config.legacy ?? true;
    this.cleanUpTokenizationSpaces = config.cleanUpTokenizationSpaces ?? false;
    this.useDefaultSystemPrompt = config.useDefaultSystemPrompt ?? false;
    this.splitSpecialTokens = config.splitSpecialTokens ?? false;
    this.modelMaxLength = config.modelMaxLength ?? Infinity;
    this.chatTemplate = config.chatTemplate;
    this.paddingSide = config.paddingSide ?? defaults.paddingSide;
    this.truncationSide = config.truncationSide ?? "right";
  }

  /** Id of a token; undefined if neither the vocabulary nor the added tokens contain it. */
  protected abstract lookUp(token: string): number | undefined;

  #token(name: SpecialName): string | undefined {
    return this.special.get(name)?.content;
  }

  #id(name: SpecialName): number | undefined {
    const token = this.#token(name);
    return token === undefined ? undefined : this.lookUp(token);
  }

  /** Text of the BOS token. */
  get bosToken(): string | undefined {
    return this.#token("bos");
  }
  /** Text of the EOS token. */
  get eosToken(): string | undefined {
    return this.#token("eos");
  }
  /** Text of the unknown token. */
  get unkToken(): string | undefined {
    return this.#token("unk");
  }
  /** Text of the padding token. */
  get padToken(): string | undefined {
    return this.#token("pad");
  }
  /** Id of the BOS token. */
  get bosTokenId(): number | undefined {
    return this.#id("bos");
  }
  /** Id of the EOS token. */
  get eosTokenId(): number | undefined {
    return this.#id("eos");
  }
  /** Id of the unknown token. */
  get unkTokenId(): number | undefined {
    return this.#id("unk");
  }
  /** Id of the padding token. */
  get padTokenId(): number | undefined {
    return this.#id("pad");
  }

  /** Texts of all special tokens without repetitions, named ones first. */
  get allSpecialTokens(): string[] {
    const named = specialNames.map((name) => this.#token(name)).filter((token) => token !== undefined);
    return [...new Set([...named, ...[...this.additional, ...this.extra].map(contentOf)])];
  }

  /** Ids of all special tokens. */
  get allSpecialIds(): number[] {
    return this.allSpecialTokens.map((token) => this.lookUp(token)).filter((id) => id !== undefined);
  }

  /** BOS and EOS ids that the settings add around a sequence. */
  protected around(): { bos: number[]; eos: number[] } {
    const need = (name: "bos" | "eos", wanted: boolean): number[] => {
      if (!wanted) return [];
      const id = this.#id(name);
      if (id === undefined) {
        throw new DataError(
          `tokenizer_config.json: ${name}_token: expected a token, since add_${name}_token is true, got none`,
        );
      }
      return [id];
    };
    return { bos: need("bos", this.addBosToken), eos: need("eos", this.addEosToken) };
  }

  /** Encodes a text to ids. */
  abstract encode(text: string, options?: EncodeOptions): number[];

  /**
   * Renders a conversation with the chat template.
   *
   * @throws DataError if there is no template, or if it fails or takes too long.
   */
  renderChatTemplate(messages: readonly ChatMessage[], options: ChatOptions = {}): string {
    return this.#renderChat(messages, options);
  }

  /** Encodes a conversation to ids for the model; the template includes its own BOS. */
  applyChatTemplate(messages: readonly ChatMessage[], options: ChatOptions = {}): number[] {
    const mark = options.parseSpecial === false
      ? unusedMark([messages, options.tools, options.documents])
      : undefined;
    return this.encode(this.#renderChat(messages, options, mark), {
      addSpecialTokens: false,
      parseSpecial: true,
      mark,
    });
  }

  #renderChat(messages: readonly ChatMessage[], options: ChatOptions, mark?: string): string {
    if (options.addGenerationPrompt && options.continueFinalMessage) {
      throw new UsageError("continueFinalMessage: expected addGenerationPrompt to be off, got both");
    }
    const template = pickTemplate(options.chatTemplate ?? this.chatTemplate, options.tools !== undefined);
    const guard = (value: unknown): unknown =>
      mark === undefined ? value : breakSpecialText(value, this.parsedTokens(), mark);
    const text = renderTemplate(template, {
      ...this.#specialVariables(),
      ...options.variables,
      messages: guard(options.continueFinalMessage ? markLastMessage(messages) : messages),
      tools: guard(options.tools ?? null),
      documents: guard(options.documents ?? null),
      add_generation_prompt: options.addGenerationPrompt ?? false,
    });
    return options.continueFinalMessage ? cutAtMark(text) : text;
  }

  /** The special tokens by the names that chat templates use. */
  #specialVariables(): Record<string, string | string[]> {
    const named: Record<string, string | string[]> = {};
    for (const [name, token] of this.special) named[`${name}_token`] = token.content;
    if (this.additional.length > 0) named.additional_special_tokens = this.additional.map(contentOf);
    this.#extraNames.forEach((name, i) => named[name] = this.extra[i].content);
    return named;
  }

  /** Texts that `encode` would parse as special tokens. */
  protected abstract parsedTokens(): string[];

  /** [BOS] a [EOS] ([BOS] b [EOS]) by `addBosToken` and `addEosToken`. */
  buildInputsWithSpecialTokens(a: readonly number[], b?: readonly number[] | null): number[] {
    const { bos, eos } = this.around();
    return [...bos, ...a, ...eos, ...(b ? [...bos, ...b, ...eos] : [])];
  }

  /** 1 for each special token, 0 for all others: of `a` and `b` before special tokens are added, or of `a` as given. */
  getSpecialTokensMask(
    a: readonly number[],
    b?: readonly number[] | null,
    alreadyHasSpecialTokens = false,
  ): number[] {
    if (alreadyHasSpecialTokens) {
      const special = new Set(this.allSpecialIds);
      return a.map((id) => special.has(id) ? 1 : 0);
    }
    const { bos, eos } = this.around();
    const one = (
      ids: readonly number[],
    ): number[] => [...bos.map(() => 1), ...ids.map(() => 0), ...eos.map(() => 1)];
    return [...one(a), ...(b ? one(b) : [])];
  }
}
