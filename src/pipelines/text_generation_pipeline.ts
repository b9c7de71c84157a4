import { DataError } from "../base/errors.ts";
import type { ChatMessage } from "../tokenizer/mod.ts";
import type { GenerateInputs } from "../generate/generate_inputs.ts";
import { GENERATION_DEFAULTS, type GenerationFields, PIPELINE_DEFAULTS } from "../generate/options/table.ts";
import type { LlamaForCausalLM } from "../generate/llama_for_causal_lm.ts";
import { Pipeline, type PipelineParts } from "./pipeline_base.ts";

/**
 * What a call of a text-generation pipeline may be told: the options of `generate`, and how texts go in and come out.
 * What neither the call nor the model's generation_config.json says is the default of transformers' pipeline: sampling, and 256 new tokens.
 */
export interface TextGenerationCallOptions
  extends Omit<GenerateInputs, "inputIds" | "attentionMask" | "tokenizer"> {
  /** Whether the prompt stands before the new text, or the messages before the new one; true unless told. */
  readonly returnFullText?: boolean;
  /** Whether token ids come back in place of texts; false unless told. */
  readonly returnTensors?: boolean;
  /** Whether the tokenizer's special tokens are added to a text; true unless told. Chat templates bring their own. */
  readonly addSpecialTokens?: boolean;
  /** Whether special tokens are left out of the new text; true unless told. */
  readonly skipSpecialTokens?: boolean;
  /** Whether blanks before punctuation are removed from the new text; true unless told, as in transformers. */
  readonly cleanUpTokenizationSpaces?: boolean;
  /** Whether a chat's last message is continued; where it is the assistant's, unless told. */
  readonly continueFinalMessage?: boolean;
  /** Any of this text's tokens ends the new text, as transformers has it; see `stopStrings` for whole texts. */
  readonly stopSequence?: string;
}

/** Messages of a conversation. */
export type Chat = readonly ChatMessage[];

/** A continued text. */
export interface GeneratedText {
  /** The new text, behind the prompt unless `returnFullText` is false. */
  readonly generated_text: string;
}

/** A continued chat. */
export interface GeneratedChat {
  /** The messages with the new one, or the new text alone where `returnFullText` is false. */
  readonly generated_text: ChatMessage[];
}

/** A continued prompt as token ids. */
export interface GeneratedTokens {
  /** The ids of prompt and new text. */
  readonly generated_token_ids: number[];
}

/** Calls of a text-generation pipeline: `numReturnSequences` results for a prompt; a list of these for each of several. */
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
  /** Its ids, none where there are none. */
  readonly given: number[];
  /** The same, one at least. */
  readonly ids: number[];
  /** The input with a new text. */
  full(text: string): string | ChatMessage[];
}

/** The form of what `generate` gives, whatever the model's own settings ask for. */
const ROWS = { returnDictInGenerate: false } as const;

/** transformers' TextGenerationPipeline: continues texts and chats. */
export class TextGenerationPipeline extends Pipeline<LlamaForCausalLM, TextGenerationCallOptions> {
  /** Name of the task. */
  readonly task = "text-generation";

  /** Made by `pipeline`. */
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
      // Characters are counted as Python does: the end of a prompt may become another character with what follows.
      const promptLength = Array.from(decode(prompt.given)).length;
      return rows[i].map((ids) => {
        const text = Array.from(decode(ids)).slice(promptLength).join("");
        return { generated_text: returnFullText ? prompt.full(text) : text };
      });
    });
  }

  /** The ids of an input, and what a new text makes of it. */
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
   * The rows of each prompt. Those of one call of `generate` are filled up to the longest, so prompts share one only
   * where this changes nothing: filling is special, no prompt holds it, and the length of the longest prompt sets none.
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

  /** What the pipeline wants where neither the call nor the model's own generation_config.json says anything. */
  #defaults(call: Partial<GenerateInputs>): Partial<GenerationFields> {
    const own = this.model.generationConfig;
    const { padTokenId } = this.tokenizer;
    const pad = own.padTokenId === null && padTokenId !== undefined ? { padTokenId } : {};
    // A config that comes with the call stands for everything that the pipeline would say.
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

/** @throws DataError naming the message that is none */
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
