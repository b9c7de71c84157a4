import { StreamDecoder } from "../tokenizer/stream.ts";
import type { LlamaTokenizerFast } from "../tokenizer/fast.ts";

/** Takes tokens as `generate` makes them; transformers' BaseStreamer. */
export interface Streamer {
  /** Called with the prompt first, then with new tokens, in order. */
  put(tokens: readonly number[]): void;
  /** Called once, when no more come. */
  end(): void;
}

/** How a {@linkcode TextStreamer} makes text. */
export interface TextStreamerOptions {
  /** As in `decode`; the tokenizer's setting unless told. */
  readonly cleanUpTokenizationSpaces?: boolean;
  /** Leaves the prompt out. */
  readonly skipPrompt?: boolean;
  /** Default false, as in transformers. */
  readonly skipSpecialTokens?: boolean;
}

/** A streamer that gives text as soon as no later token can change it; transformers' TextStreamer. */
export class TextStreamer implements Streamer {
  #decoder: StreamDecoder | undefined;
  #isPrompt = true;

  /**
   * Makes a streamer for one sequence after another.
   * @param write takes pieces of text; `isEnd` with the last one, which may be empty
   */
  constructor(
    readonly tokenizer: LlamaTokenizerFast,
    readonly write: (text: string, isEnd: boolean) => void,
    readonly options: TextStreamerOptions = {},
  ) {}

  /** Takes tokens. */
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

  /** Gives what is left, and is ready for another text. */
  end(): void {
    this.write(this.#decoder?.flush() ?? "", true);
    this.#decoder = undefined;
    this.#isPrompt = true;
  }
}
