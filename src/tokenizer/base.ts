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
  /** BOS and EOS as the tokenizer's settings say; default true. */
  addSpecialTokens?: boolean;
  /** Whether text like `</s>` becomes that token (transformers' behaviour, the default) or stays text. */
  parseSpecial?: boolean;
  /** A character to leave out after special tokens have been looked for; broken ones stay text. */
  mark?: string;
}

/** Options of `applyChatTemplate`; transformers' names in camelCase. */
export interface ChatOptions {
  /** A template to use instead of the tokenizer's own. */
  chatTemplate?: string;
  /** Ends the text where the assistant's answer begins. */
  addGenerationPrompt?: boolean;
  /** Leaves the last message open, to be continued. */
  continueFinalMessage?: boolean;
  /** Tools for the template. */
  tools?: unknown[];
  /** Documents for the template. */
  documents?: unknown[];
  /** Further variables for the template. */
  variables?: Record<string, unknown>;
  /** False: special tokens' text inside the messages stays text; the template's own are tokens all the same. */
  parseSpecial?: boolean;
}

/** Options of `decode`. */
export interface DecodeOptions {
  /** Leaves special tokens out. */
  skipSpecialTokens?: boolean;
  /** Removes the blanks before punctuation and English contractions. */
  cleanUpTokenizationSpaces?: boolean;
  /** The slow tokenizer's: blanks around added tokens; default true there, as in transformers. */
  spacesBetweenSpecialTokens?: boolean;
}

/** transformers' clean-up replacements, applied one after the other over the whole text. */
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

/** Removes the blanks before punctuation and English contractions. */
export function cleanUpTokenization(text: string): string {
  for (const [from, to] of cleanUps) text = text.replaceAll(from, to);
  return text;
}

/** What both tokenizers share: their special tokens and settings, by transformers' names. */
export abstract class TokenizerBase {
  /** Whether the beginning token is added. */
  addBosToken: boolean;
  /** Whether the end token is added. */
  addEosToken: boolean;
  /** Whether text after a special token gets a prefix space too. */
  readonly legacy: boolean;
  /** Whether `decode` removes the blanks before punctuation unless told otherwise. */
  readonly cleanUpTokenizationSpaces: boolean;
  /** Whether the chat template adds Llama 2's system prompt. */
  readonly useDefaultSystemPrompt: boolean;
  /** Whether the texts of special tokens are literal. */
  readonly splitSpecialTokens: boolean;
  /** Most tokens that the model takes; Infinity where nobody says. */
  readonly modelMaxLength: number;
  /** The chat template, or several by name. */
  readonly chatTemplate?: string | Record<string, string>;
  /** Where padding goes. */
  paddingSide: "left" | "right";
  /** Where tokens are cut off. */
  truncationSide: "left" | "right";
  /**
   * Named special tokens that are set.
   * @internal
   */
  protected readonly special: Map<SpecialName, AddedToken> = new Map();
  /** Further special tokens. */
  protected readonly additional: AddedToken[];
  /** Tokens that tokenizer_config.json names beside those. */
  protected readonly extra: AddedToken[];

  /** For the two tokenizers. */
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

  /** Id of a token, or undefined when neither vocabulary nor added tokens have it. */
  protected abstract lookUp(token: string): number | undefined;

  #token(name: SpecialName): string | undefined {
    return this.special.get(name)?.content;
  }

  #id(name: SpecialName): number | undefined {
    const token = this.#token(name);
    return token === undefined ? undefined : this.lookUp(token);
  }

  /** Text of the beginning token. */
  get bosToken(): string | undefined {
    return this.#token("bos");
  }
  /** Text of the end token. */
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
  /** Id of the beginning token. */
  get bosTokenId(): number | undefined {
    return this.#id("bos");
  }
  /** Id of the end token. */
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

  /** Texts of all special tokens, named ones first, each once. */
  get allSpecialTokens(): string[] {
    const named = specialNames.map((name) => this.#token(name)).filter((token) => token !== undefined);
    return [...new Set([...named, ...[...this.additional, ...this.extra].map(contentOf)])];
  }

  /** Ids of all special tokens. */
  get allSpecialIds(): number[] {
    return this.allSpecialTokens.map((token) => this.lookUp(token)).filter((id) => id !== undefined);
  }

  /** BOS and EOS ids as the settings want them around a sequence. */
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

  /** Ids of a text. */
  abstract encode(text: string, options?: EncodeOptions): number[];

  /**
   * A conversation as the text that the chat template makes of it.
   *
   * @throws DataError if there is no template, or it fails or takes too long.
   */
  renderChatTemplate(messages: readonly ChatMessage[], options: ChatOptions = {}): string {
    return this.#renderChat(messages, options);
  }

  /** A conversation as ids, ready for the model; the template brings its own BOS. */
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
    const named: Record<string, string> = {};
    for (const [name, token] of this.special) named[`${name}_token`] = token.content;
    const guard = (value: unknown): unknown =>
      mark === undefined ? value : breakSpecialText(value, this.parsedTokens(), mark);
    const text = renderTemplate(template, {
      ...named,
      ...options.variables,
      messages: guard(options.continueFinalMessage ? markLastMessage(messages) : messages),
      tools: guard(options.tools ?? null),
      documents: guard(options.documents ?? null),
      add_generation_prompt: options.addGenerationPrompt ?? false,
    });
    return options.continueFinalMessage ? cutAtMark(text) : text;
  }

  /** Texts that `encode` would take for special tokens. */
  protected abstract parsedTokens(): string[];

  /** [BOS] a [EOS] ([BOS] b [EOS]) by `addBosToken` and `addEosToken`. */
  buildInputsWithSpecialTokens(a: readonly number[], b?: readonly number[] | null): number[] {
    const { bos, eos } = this.around();
    return [...bos, ...a, ...eos, ...(b ? [...bos, ...b, ...eos] : [])];
  }

  /** 1 for every special token, 0 for the others; of `a` and `b` still to be built, or of `a` as it is. */
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
