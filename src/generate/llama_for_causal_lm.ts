import type { LlamaConfig } from "../checkpoint/config.ts";
import { locateModel } from "../checkpoint/locate.ts";
import type { LoadedModel } from "../model/load.ts";
import type { TokenMatrix } from "../model/inputs.ts";
import { causalForward, causalHead, type CausalLMInputs } from "../model/causal_lm.ts";
import type { CausalLMOutput } from "../model/outputs.ts";
import {
  LlamaPreTrainedModel,
  loadedModel,
  openPretrained,
  openRandom,
  type PretrainedOptions,
  type RandomOptions,
} from "../model/pretrained_model.ts";
import { Engine } from "./engine.ts";
import { readGenerationConfig, resolveOptions } from "./generate_options.ts";
import { readPrompts, stripPadding } from "./prompts.ts";

/** Sequences that run together. */
const BATCH = 8;

/** What `generate` takes: prompts, and options of transformers' GenerationConfig, which the model's file also sets. */
export interface GenerateInputs {
  /** Prompts, [batch, tokens]; rows of nested arrays may differ in length. */
  readonly inputIds: TokenMatrix;
  /** 0 for padding, of the shape of inputIds. Without it, every padTokenId that is no eosTokenId is padding. */
  readonly attentionMask?: TokenMatrix;
  /** Most new tokens; wins over maxLength. 20 where nothing is said. */
  readonly maxNewTokens?: number;
  /** Most tokens, the prompt and its padding included. */
  readonly maxLength?: number;
  /** New tokens before which none that ends a sequence comes. */
  readonly minNewTokens?: number;
  /** The same, the prompt and its padding included. */
  readonly minLength?: number;
  /** Whether tokens are drawn; otherwise, and unless told, the best one is taken. */
  readonly doSample?: boolean;
  /** Divides the scores; 1 unless told. 0 takes the best token. */
  readonly temperature?: number;
  /** Draws from that many best tokens; 50 unless told, 0: from all. */
  readonly topK?: number;
  /** Draws from the best tokens that hold this much probability together. */
  readonly topP?: number;
  /** Draws from tokens that have this share of the best one's probability. */
  readonly minP?: number;
  /** Divides positive and multiplies negative scores of tokens that were there already, in the prompt too. */
  readonly repetitionPenalty?: number;
  /** Tokens that end a sequence; null: none. */
  readonly eosTokenId?: number | readonly number[] | null;
  /** Fills rows that end early; the first eosTokenId where neither this nor the model says. */
  readonly padTokenId?: number | null;
  /** Sequences drawn for each prompt; they stand together. */
  readonly numReturnSequences?: number;
  /** Equal seeds draw equal tokens, whatever else is in the batch; random unless told. */
  readonly seed?: number | bigint;
  /** How the cache is held; both give the same tokens. */
  readonly cacheImplementation?: "static" | "dynamic" | null;
  /** Accepted; there always is a cache. */
  readonly useCache?: boolean;
}

/** A Llama that says what comes next. */
export class LlamaForCausalLM extends LlamaPreTrainedModel {
  readonly #generationConfig: Readonly<Record<string, unknown>>;
  #engine: Engine | undefined;
  /** Ends when no call of generate is at work. */
  #idle: Promise<unknown> = Promise.resolve();

  /** Models are made by `fromPretrained` and `fromConfig`. */
  protected constructor(loaded: LoadedModel, generationConfig: Readonly<Record<string, unknown>> = {}) {
    super(loaded);
    this.#generationConfig = generationConfig;
  }

  /**
   * Loads a checkpoint that has `lm_head.weight`, or whose config ties the head to the embeddings.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error of one line that says what is wrong where, and names missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForCausalLM> {
    const path = await locateModel(nameOrPath);
    const generationConfig = await readGenerationConfig(path);
    return new LlamaForCausalLM(await openPretrained(path, causalHead, options), generationConfig);
  }

  /**
   * A model of random weights.
   * @throws Error where the device refuses
   */
  static async fromConfig(config: LlamaConfig, options: RandomOptions = {}): Promise<LlamaForCausalLM> {
    return new LlamaForCausalLM(await openRandom(config, causalHead(config), options));
  }

  /**
   * Runs the model.
   * @throws Error that names the input and what was expected of it
   */
  async forward(inputs: CausalLMInputs): Promise<CausalLMOutput> {
    return await causalForward(loadedModel(this), inputs);
  }

  /**
   * Continues prompts.
   * @returns a row for each prompt and returned sequence: the row as it was given and the new tokens, filled with
   * padTokenId to the longest
   * @throws Error that names an option which is unknown, not supported or out of range
   */
  async generate(inputs: GenerateInputs): Promise<number[][]> {
    const rows = await readPrompts(inputs.inputIds);
    const length = Math.max(...rows.map((row) => row.length));
    const { options, padTokenId, numReturnSequences } = resolveOptions(
      { ...inputs },
      this.#generationConfig,
      this.config,
      length,
    );
    const isPadding = padTokenId !== null && !options.eosTokenIds.includes(padTokenId);
    const prompts = await stripPadding(
      rows,
      inputs.attentionMask,
      isPadding ? padTokenId : undefined,
      this.config.vocabSize,
    );
    const requests = prompts.flatMap(({ ids }) =>
      Array.from({ length: numReturnSequences }, (_, sequence) => ({ ids: [...ids], options, sequence }))
    );
    const made = requests.map(() => [] as number[]);
    const before = this.#idle;
    const done = Promise.withResolvers<void>();
    this.#idle = done.promise;
    await before;
    try {
      // Positions beyond the context are the caller's wish, as in transformers.
      this.#engine ??= new Engine(loadedModel(this), { maxLength: Infinity, batchSize: BATCH });
      for await (const { index, tokens } of this.#engine.generate(requests)) made[index].push(...tokens);
    } finally {
      done.resolve();
    }
    const results = made.map((tokens, i) => [...prompts[Math.floor(i / numReturnSequences)].row, ...tokens]);
    const longest = Math.max(...results.map((row) => row.length));
    const fill = padTokenId ?? options.eosTokenIds[0];
    return results.map((row) => [...row, ...Array<number>(longest - row.length).fill(fill)]);
  }

  /** generation_config.json as it was loaded. */
  protected override extraFiles(): Record<string, string> {
    const values = Object.entries(this.#generationConfig);
    if (values.length === 0) return {};
    const plain = (_: string, value: unknown) => typeof value === "bigint" ? Number(value) : value;
    return { "generation_config.json": `${JSON.stringify(Object.fromEntries(values), plain, 2)}\n` };
  }

  /** Gives the memory back, and the device where it is the model's own; the model cannot be used afterwards. */
  override dispose(): void {
    this.#engine?.dispose();
    this.#engine = undefined;
    super.dispose();
  }
}
