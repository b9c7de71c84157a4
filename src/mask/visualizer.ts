import { locateModel, modelFolder } from "../checkpoint/files/locate.ts";
import { DataError } from "../base/errors.ts";
import { LlamaModel } from "../model/classes/llama_model.ts";
import type { DeviceOptions } from "../model/classes/pretrained_model.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { Callable } from "../base/callable.ts";
import { type AttentionChoice, attentionWeights, describeChoice } from "./attention.ts";
import { htmlPage } from "./html_picture.ts";
import { pngPicture } from "./png_picture.ts";
import { pictureTitle, textPicture } from "./text_picture.ts";
import { paddingToken, padGrid, type TokenGrid } from "./token_grid.ts";

/** Options of a picture. */
export interface VisualizeOptions {
  /** True to show the tokenizer's special tokens, such as BOS (default: false, as in transformers). */
  readonly addSpecialTokens?: boolean;
  /** Attention weights to show instead of the mask; needs a device. */
  readonly attention?: AttentionChoice;
  /** Side on which shorter texts of a batch are padded (default: the tokenizer's side). */
  readonly paddingSide?: "left" | "right";
}

/** Options of a picture in characters. */
export interface VisualizeTextOptions extends VisualizeOptions {
  /** True to use terminal colours (default: true if stdout is a terminal and NO_COLOR is not set). */
  readonly color?: boolean;
}

/** A call prints a picture, as in transformers, and returns its text. */
export interface AttentionMaskVisualizer {
  (texts: string | readonly string[], options?: VisualizeTextOptions): Promise<string>;
}

/**
 * Shows which tokens of a text attend to which: transformers' class of this name.
 *
 * Several texts form a batch: shorter ones are padded, and each has its own picture. The mask needs a
 * tokenizer and no device; `attention` loads the model.
 *
 * @example
 * ```ts
 * import { AttentionMaskVisualizer } from "@llama/llama";
 *
 * await using visualizer = new AttentionMaskVisualizer("./TinyLlama");
 * console.log(await visualizer.text("Plants need water."));
 * ```
 */
export class AttentionMaskVisualizer extends Callable {
  /** The name or path as passed. */
  readonly modelName: string;
  readonly #options: DeviceOptions;
  #tokenizer: Promise<LlamaTokenizerFast> | undefined;
  #model: Promise<LlamaModel> | undefined;

  /**
   * Reads nothing; the first picture does.
   * @param modelName a folder, a .safetensors file beside its config, or a hub id in the cache
   * @param options options of loading the model onto a device, used for attention weights
   */
  constructor(modelName: string, options: DeviceOptions = {}) {
    super((texts: string | readonly string[], given?: VisualizeTextOptions) =>
      this.visualizeAttentionMask(texts, given)
    );
    this.modelName = modelName;
    this.#options = options;
  }

  /**
   * Like the constructor, but reads the tokenizer at once.
   * @throws Error with a one-line message if there is none
   */
  static async fromPretrained(
    modelName: string,
    options: DeviceOptions = {},
  ): Promise<AttentionMaskVisualizer> {
    const visualizer = new AttentionMaskVisualizer(modelName, options);
    await visualizer.#loadTokenizer();
    return visualizer;
  }

  /** Prints the picture and a line break to stdout, and returns its text. @throws Error with a one-line message */
  async visualizeAttentionMask(
    texts: string | readonly string[],
    options: VisualizeTextOptions = {},
  ): Promise<string> {
    const text = await this.text(texts, options);
    const bytes = new TextEncoder().encode(text + "\n");
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    return text;
  }

  /** The picture in characters, one per text, separated by line breaks. @throws Error with a one-line message */
  async text(texts: string | readonly string[], options: VisualizeTextOptions = {}): Promise<string> {
    const color = options.color ?? (Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR"));
    const grids = await this.#grids(texts, options);
    return grids.flatMap((grid) => [...textPicture(grid, { title: this.#title, color })]).join("\n");
  }

  /** The picture as a PNG file's bytes. @throws Error with a one-line message */
  async png(
    texts: string | readonly string[],
    options: VisualizeOptions = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await pngPicture(await this.#grids(texts, options), this.#title);
  }

  /** The picture as a self-contained HTML page. @throws Error with a one-line message */
  async html(texts: string | readonly string[], options: VisualizeOptions = {}): Promise<string> {
    return [...htmlPage(await this.#grids(texts, options), this.#title)].join("");
  }

  /** Releases the device, if attention weights were requested. */
  async dispose(): Promise<void> {
    const model = await this.#model;
    this.#model = undefined;
    model?.dispose();
  }

  /** The same at the end of a block: `await using visualizer = …`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  get #title(): string {
    return pictureTitle(this.modelName);
  }

  #loadTokenizer(): Promise<LlamaTokenizerFast> {
    return this.#tokenizer ??= locateModel(this.modelName).then((path) =>
      LlamaTokenizerFast.fromPretrained(modelFolder(path))
    );
  }

  async #grids(texts: string | readonly string[], options: VisualizeOptions): Promise<TokenGrid[]> {
    const tokenizer = await this.#loadTokenizer();
    const { attention, addSpecialTokens = false, paddingSide = tokenizer.paddingSide } = options;
    const grids: TokenGrid[] = [];
    for (const text of [texts].flat()) {
      const ids = tokenizer.encode(text, { addSpecialTokens });
      if (ids.length === 0) throw new DataError("expected at least one token in the text, got none");
      grids.push(await this.#grid(ids, tokenizer.convertIdsToTokens(ids), attention));
    }
    const longest = Math.max(...grids.map(({ tokens }) => tokens.length));
    return grids.map((grid) => padGrid(grid, longest, paddingToken(tokenizer), paddingSide));
  }

  async #grid(ids: number[], tokens: string[], choice: AttentionChoice | undefined): Promise<TokenGrid> {
    const grid = { tokens, present: tokens.map(() => true) };
    if (!choice) return grid;
    const model = await (this.#model ??= LlamaModel.fromPretrained(this.modelName, this.#options));
    return {
      ...grid,
      weights: await attentionWeights(model, ids, choice),
      weightsOf: describeChoice(choice, model.config),
    };
  }
}
