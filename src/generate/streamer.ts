import { StreamDecoder } from "../tokenizer/stream.ts";
import type { LlamaTokenizerFast } from "../tokenizer/fast.ts";

/** Receives tokens as `generate` produces them; transformers' BaseStreamer. */
export interface Streamer {
  /** Called with the prompt first, then with new tokens, in order. */
  put(tokens: readonly number[]): void;
  /** Called once, after the last token. */
  end(): void;
}

/** Options of a {@linkcode TextStreamer}. */
export interface TextStreamerOptions {
  /** As in `decode`; default: the tokenizer's setting. */
  readonly cleanUpTokenizationSpaces?: boolean;
  /** Leaves the prompt out. */
  readonly skipPrompt?: boolean;
  /** Default: false, as in transformers. */
  readonly skipSpecialTokens?: boolean;
}

/**
 * A streamer that emits text as soon as no later token can change it; transformers' TextStreamer.
 *
 * @example
 * ```ts
 * import { LlamaForCausalLM, LlamaTokenizerFast, TextStreamer } from "@llama/llama";
 *
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * const tokenizer = await LlamaTokenizerFast.fromPretrained("./TinyLlama");
 * const streamer = new TextStreamer(tokenizer, (text) => console.log(text), { skipPrompt: true });
 * await model.generate({ inputIds: [tokenizer.encode("The sun")], maxNewTokens: 8, streamer });
 * ```
 */
export class TextStreamer implements Streamer {
  #decoder: StreamDecoder | undefined;
  #isPrompt = true;

  /**
   * Creates a streamer for one sequence after another.
   * @param write receives pieces of text; `isEnd` is set for the last one, which may be empty
   */
  constructor(
    readonly tokenizer: LlamaTokenizerFast,
    readonly write: (text: string, isEnd: boolean) => void,
    readonly options: TextStreamerOptions = {},
  ) {}

  /** Receives tokens. */
  put(tokens: readonly number[]): void {
    const { skipPrompt, skipSpecialTokens = false, ...others } = this.options;
    const isLeftOut = this.#isPrompt && skipPrompt;
    this.#isPrompt = false;
    this.#decoder ??= new StreamDecoder(this.tokenizer, {
      ...others,
      skipSpecialTokens,
      prompt: isLeftOut ? tokens : [],
    });
    if (isLeftOut) return;
    const text = this.#decoder.push(tokens);
    if (text !== "") this.write(text, false);
  }

  /** Emits the remaining text and resets for the next sequence. */
  end(): void {
    this.write(this.#decoder?.flush() ?? "", true);
    this.#decoder = undefined;
    this.#isPrompt = true;
  }
}
