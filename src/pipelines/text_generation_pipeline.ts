import { DataError } from "../base/errors.ts";
import type { ChatMessage } from "../tokenizer/mod.ts";
import type { GenerateInputs } from "../generate/generate_inputs.ts";
import { GENERATION_DEFAULTS, type GenerationFields, PIPELINE_DEFAULTS } from "../generate/options/table.ts";
import type { LlamaForCausalLM } from "../generate/llama_for_causal_lm.ts";
import { Pipeline, type PipelineParts } from "./pipeline_base.ts";

/**
 * Options of a call of a text-generation pipeline: those of `generate`, and the form of input and output. An
 * option that neither the call nor the model's generation_config.json sets has the default of transformers'
 * pipeline: sampling, and 256 new tokens.
 */
export interface TextGenerationCallOptions
  extends Omit<GenerateInputs, "inputIds" | "attentionMask" | "tokenizer"> {
  /** True to return the prompt before the new text, or the messages before the new one (default: true). */
  readonly returnFullText?: boolean;
  /** True to return token ids instead of texts (default: false). */
  readonly returnTensors?: boolean;
  /** True to add the tokenizer's special tokens to a text (default: true). Chat templates add their own. */
  readonly addSpecialTokens?: boolean;
  /** True to omit special tokens from the new text (default: true). */
  readonly skipSpecialTokens?: boolean;
  /** True to remove spaces before punctuation from the new text (default: true, as in transformers). */
  readonly cleanUpTokenizationSpaces?: boolean;
  /** True to continue a chat's last message (default: true if it is the assistant's). */
  readonly continueFinalMessage?: boolean;
  /** Any token of this text ends the new text, as in transformers; see `stopStrings` for whole texts. */
  readonly stopSequence?: string;
}

/** Messages of a conversation. */
export type Chat = readonly ChatMessage[];

/** A continued text. */
export interface GeneratedText {
  /** The new text, after the prompt unless `returnFullText` is false. */
  readonly generated_text: string;
}

/** A continued chat. */
export interface GeneratedChat {
  /** The messages with the new one, or only the new text if `returnFullText` is false. */
  readonly generated_text: ChatMessage[];
}

/** A continued prompt as token ids. */
export interface GeneratedTokens {
  /** The ids of prompt and new text. */
  readonly generated_token_ids: number[];
}

/**
 * Calls of a text-generation pipeline: `numReturnSequences` results for a prompt; a list of these for each of
 * several.
 */
export interface TextGenerationPipeline {
  (
    prompt: string | Chat,
    options: TextGenerationCallOptions & { readonly returnTensors: true },
  ): Promise<GeneratedTokens[]>;
  (
    prompts: readonly string[] | readonly Chat[],
    options: TextGenerationCallOptions & { readonly returnTensors: true },
  ): Promise<GeneratedTokens[][]>;
  (
    chat: Chat,
    options: TextGenerationCallOptions & { readonly returnFullText: false },
  ): Promise<GeneratedText[]>;
  (
    chats: readonly Chat[],
    options: TextGenerationCallOptions & { readonly returnFullText: false },
  ): Promise<GeneratedText[][]>;
  (prompt: string, options?: TextGenerationCallOptions): Promise<GeneratedText[]>;
  (prompts: readonly string[], options?: TextGenerationCallOptions): Promise<GeneratedText[][]>;
  (chat: Chat, options?: TextGenerationCallOptions): Promise<GeneratedChat[]>;
  (chats: readonly Chat[], options?: TextGenerationCallOptions): Promise<GeneratedChat[][]>;
}

/** An input, ready for the model. */
interface Prompt {
  /** Its ids; may be empty. */
  readonly given: number[];
  /** The ids passed to the model: `given`, but at least one. */
  readonly ids: number[];
  /** The input followed by a new text. */
  full(text: string): string | ChatMessage[];
}

/** The form of the result of `generate`, whatever the model's own settings request. */
const ROWS = { returnDictInGenerate: false } as const;

/**
 * transformers' TextGenerationPipeline: continues texts and chats.
 *
 * @example
 * ```ts
 * import { pipeline } from "@llama/llama";
 *
 * using generate = await pipeline("text-generation", "./TinyLlama");
 * const chat = [{ role: "user", content: "What do plants need?" }];
 * const [answer] = await generate(chat, { maxNewTokens: 8, doSample: false });
 * console.log(answer.generated_text);
 * ```
 */
export class TextGenerationPipeline extends Pipeline<LlamaForCausalLM, TextGenerationCallOptions> {
  /** Name of the task. */
  readonly task = "text-generation";

  /** Called by `pipeline`. */
  constructor(parts: PipelineParts<LlamaForCausalLM, TextGenerationCallOptions>) {
    super(
      parts,
      async (
        inputs: string | Chat | readonly string[] | readonly Chat[],
        options?: TextGenerationCallOptions,
      ) => {
        const settings = this.settings(options);
        if (typeof inputs === "string" || isChat(inputs)) {
          return (await this.#continue([inputs], settings))[0];
        }
        if (inputs.length === 0) throw new DataError("pipeline: expected inputs, got an empty list");
        return await this.#continue(inputs, settings);
      },
    );
  }

  async #continue(
    inputs: readonly (string | Chat)[],
    options: TextGenerationCallOptions,
  ): Promise<unknown[][]> {
    const {
      returnFullText = true,
      returnTensors = false,
      addSpecialTokens = true,
      skipSpecialTokens = true,
      cleanUpTokenizationSpaces = true,
      continueFinalMessage,
      stopSequence,
      ...generation
    } = options;
    const { tokenizer } = this;
    const prompts = inputs.map((input) => this.#prompt(input, addSpecialTokens, continueFinalMessage));
    const call = {
      ...this.#defaults(generation),
      ...generation,
      ...(stopSequence !== undefined && {
        eosTokenId: tokenizer.encode(stopSequence, { addSpecialTokens: false }),
      }),
    };
    const rows = await this.#generate(
      prompts.map(({ ids }) => ids),
      call,
      returnTensors || !skipSpecialTokens,
    );
    const decode = (ids: number[]) => tokenizer.decode(ids, { skipSpecialTokens, cleanUpTokenizationSpaces });
    return prompts.map((prompt, i) => {
      if (returnTensors) return rows[i].map((ids) => ({ generated_token_ids: ids }));
      // Counts characters as Python does: the end of a prompt may decode differently together with the text
      // after it.
      const promptLength = Array.from(decode(prompt.given)).length;
      return rows[i].map((ids) => {
        const text = Array.from(decode(ids)).slice(promptLength).join("");
        return { generated_text: returnFullText ? prompt.full(text) : text };
      });
    });
  }

  /** The ids of an input, and how to join a new text to it. */
  #prompt(
    input: string | Chat,
    addSpecialTokens: boolean,
    continueFinalMessage: boolean | undefined,
  ): Prompt {
    if (!isChat(input)) {
      const given = this.tokenizer.encode(input, { addSpecialTokens });
      const ids = given.length > 0 ? given : [this.#firstToken()];
      return { given, ids, full: (text) => input + text };
    }
    checkChat(input);
    const continued = continueFinalMessage ?? input.at(-1)!.role === "assistant";
    const ids = this.tokenizer.applyChatTemplate(input, {
      addGenerationPrompt: !continued,
      continueFinalMessage: continued,
    });
    return { given: ids, ids, full: (text) => answeredChat(input, text, continued) };
  }

  /**
   * The rows of each prompt. A call of `generate` pads its prompts to the longest, so prompts share a call
   * only if that changes nothing: the padding token is special, no prompt contains it, and no length depends
   * on the longest prompt.
   */
  async #generate(
    prompts: readonly number[][],
    call: Partial<GenerateInputs>,
    showsFilling: boolean,
  ): Promise<number[][][]> {
    const { tokenizer } = this;
    const fill = call.padTokenId ?? this.model.generationConfig.padTokenId;
    const shared = !showsFilling && call.maxNewTokens !== undefined && call.maxNewTokens !== null &&
      typeof fill === "number" && tokenizer.allSpecialIds.includes(fill) &&
      !prompts.some((ids) => ids.includes(fill));
    if (shared) {
      const rows = await this.model.generate({ ...call, ...ROWS, inputIds: prompts, tokenizer });
      const each = rows.length / prompts.length;
      return prompts.map((_, i) => rows.slice(i * each, (i + 1) * each));
    }
    const all: number[][][] = [];
    for (const ids of prompts) {
      const attentionMask = [ids.map(() => 1)];
      all.push(await this.model.generate({ ...call, ...ROWS, inputIds: [ids], attentionMask, tokenizer }));
    }
    return all;
  }

  /**
   * The pipeline's defaults for options that neither the call nor the model's own generation_config.json
   * sets.
   */
  #defaults(call: Partial<GenerateInputs>): Partial<GenerationFields> {
    const own = this.model.generationConfig;
    const { padTokenId } = this.tokenizer;
    const pad = own.padTokenId === null && padTokenId !== undefined ? { padTokenId } : {};
    // A config passed with the call replaces all of the pipeline's defaults.
    if (call.generationConfig) return pad;
    const stated = own.stated();
    const { maxNewTokens, ...sampling } = PIPELINE_DEFAULTS;
    const maxLength = call.maxLength ?? own.maxLength;
    const hasLength = maxLength !== GENERATION_DEFAULTS.maxLength;
    const wanted = { ...sampling, ...(!hasLength && { maxNewTokens }) };
    return { ...pad, ...Object.fromEntries(Object.entries(wanted).filter(([name]) => !(name in stated))) };
  }

  #firstToken(): number {
    const { bosTokenId } = this.tokenizer;
    if (bosTokenId !== undefined) return bosTokenId;
    throw new DataError("pipeline: expected at least one token in the text, got none, and there is no BOS");
  }
}

function isChat(input: unknown): input is Chat {
  if (!Array.isArray(input)) return false;
  return typeof input[0] === "object" && input[0] !== null && !Array.isArray(input[0]);
}

/** @throws DataError that names the invalid message */
function checkChat(messages: Chat): Chat {
  const bad = messages.findIndex((message) => !("role" in message && "content" in message));
  if (bad < 0) return messages;
  throw new DataError(`pipeline: message ${bad}: expected an object with "role" and "content"`);
}

function answeredChat(messages: Chat, text: string, continued: boolean): ChatMessage[] {
  if (!continued) return [...messages, { role: "assistant", content: text }];
  const last = messages[messages.length - 1];
  return [...messages.slice(0, -1), { ...last, content: `${last.content}${text}` }];
}
