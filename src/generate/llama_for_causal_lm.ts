import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { UsageError } from "../base/errors.ts";
import { locateModel } from "../checkpoint/files/locate.ts";
import type { LoadedModel } from "../model/weights/load.ts";
import { causalForward, type CausalLMInputs } from "../model/classes/causal_lm.ts";
import type { CausalLMOutput } from "../model/classes/outputs.ts";
import { causalHead } from "../model/weights/weights.ts";
import {
  LlamaPreTrainedModel,
  loadedModel,
  openPretrained,
  openRandom,
  type PretrainedOptions,
  type RandomOptions,
} from "../model/classes/pretrained_model.ts";
import { Engine } from "./engine/engine.ts";
import { prepareForward } from "./prepare_forward.ts";
import { ForwardMethod, type ForwardStart } from "./forward_generate.ts";
import { CallConstraints } from "./constrained_call.ts";
import { filledRows, type GenerateCall, prepareCall } from "./generate_call.ts";
import type { GenerateInputs, GenerationChunk } from "./generate_inputs.ts";
import { GenerationConfig, generationConfigOf } from "./options/generation_config.ts";
import { numbered } from "./engine/method.ts";
import { Methods } from "./engine/methods.ts";
import { type GenerateOutput, StepRecorder } from "./options/step_recorder.ts";
import type { GenerationEvent } from "./options/types.ts";

/** Number of sequences that run together. */
const BATCH = 8;

/**
 * A Llama with a causal language modeling head.
 *
 * @example
 * ```ts
 * import { LlamaForCausalLM, LlamaTokenizerFast } from "@llama/llama";
 *
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * const tokenizer = await LlamaTokenizerFast.fromPretrained("./TinyLlama");
 * const inputIds = [tokenizer.encode("The sun")];
 * const [ids] = await model.generate({ inputIds, maxNewTokens: 8 });
 * console.log(tokenizer.decode(ids, { skipSpecialTokens: true }));
 * ```
 */
export class LlamaForCausalLM extends LlamaPreTrainedModel {
  /** Defaults of `generate`; its fields may be set. */
  generationConfig: GenerationConfig;
  #constraints: CallConstraints | undefined;
  #methods: Methods | undefined;
  /** Resolves when no call of `generate` is running. */
  #idle: Promise<unknown> = Promise.resolve();

  /** Models are created by `fromPretrained` and `fromConfig`. */
  protected constructor(loaded: LoadedModel, generationConfig?: GenerationConfig) {
    super(loaded);
    this.generationConfig = generationConfig ?? GenerationConfig.fromModelConfig(this.config);
  }

  /**
   * Loads a checkpoint that has `lm_head.weight`, or whose config ties the head to the embeddings.
   * @param nameOrPath a folder, a .safetensors file beside its config, or a hub id in the cache
   * @throws Error with a one-line message that names the file and the problem, or the missing tensors
   */
  static async fromPretrained(
    nameOrPath: string,
    options: PretrainedOptions = {},
  ): Promise<LlamaForCausalLM> {
    const path = await locateModel(nameOrPath);
    const generationConfig = await generationConfigOf(path);
    return new LlamaForCausalLM(await openPretrained(path, causalHead, options), generationConfig);
  }

  /**
   * Creates a model with random weights.
   * @throws Error if the device refuses
   */
  static async fromConfig(config: LlamaConfig, options: RandomOptions = {}): Promise<LlamaForCausalLM> {
    return new LlamaForCausalLM(await openRandom(config, causalHead(config), options));
  }

  /**
   * Runs the model.
   * @throws Error naming the input and what was expected of it
   */
  async forward(inputs: CausalLMInputs): Promise<CausalLMOutput> {
    return await causalForward(loadedModel(this), inputs);
  }

  /**
   * Continues prompts.
   * @returns one row per prompt and returned sequence: the row as given and the new tokens, padded with
   * padTokenId to the longest; a {@linkcode GenerateOutput} if a config sets returnDictInGenerate
   * @throws Error naming an option that is unknown, not supported or out of range; the signal's reason
   */
  async generate(inputs: GenerateInputs & { readonly returnDictInGenerate?: false }): Promise<number[][]>;
  /**
   * Continues prompts, and returns the scores that tokens were chosen from.
   * @returns the rows as `sequences`, and the outputs selected by outputScores and outputLogits
   * @throws Error naming an option that is unknown, not supported or out of range; the signal's reason
   */
  async generate(inputs: GenerateInputs & { readonly returnDictInGenerate: true }): Promise<GenerateOutput>;
  /** Continues prompts. */
  async generate(inputs: GenerateInputs): Promise<number[][]>;
  async generate(inputs: GenerateInputs): Promise<number[][] | GenerateOutput> {
    const prepared = await this.#prepare(inputs);
    const { requests, outputs } = prepared;
    const recorder = outputs && new StepRecorder(requests.length, this.config.vocabSize, outputs);
    const call = recorder
      ? { ...prepared, requests: requests.map((request, i) => ({ ...request, record: recorder.of(i) })) }
      : prepared;
    const made = call.requests.map(() => [] as number[]);
    inputs.streamer?.put(call.prompts[0]);
    for await (const { index, tokens } of this.#run(call, inputs.signal)) {
      made[index].push(...tokens);
      for (const token of inputs.streamer ? tokens : []) inputs.streamer!.put([token]);
    }
    inputs.streamer?.end();
    const rows = filledRows(call, made);
    return recorder ? recorder.output(rows) : rows;
  }

  /**
   * Continues prompts and yields tokens as they are generated; leaving the loop ends the work. Other calls
   * wait until it has ended.
   *
   * @example
   * ```ts
   * import { LlamaForCausalLM } from "@llama/llama";
   *
   * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
   * for await (const { row, tokens } of model.generateStream({ inputIds: [[1, 5, 9]] })) console.log(row, tokens);
   * ```
   *
   * @throws Error naming an option that is unknown, not supported or out of range; the signal's reason
   */
  async *generateStream(inputs: GenerateInputs): AsyncGenerator<GenerationChunk> {
    const call = await this.#prepare(inputs);
    for await (const { index: row, tokens, finishReason } of this.#run(call, inputs.signal)) {
      yield { row, tokens, ...(finishReason && { finishReason }) };
    }
  }

  async #prepare(inputs: GenerateInputs): Promise<GenerateCall & { start?: ForwardStart }> {
    const { inputsEmbeds, pastKeyValues, guidanceScale } = inputs;
    const scale = guidanceScale === undefined
      ? inputs.generationConfig?.guidanceScale ?? this.generationConfig.guidanceScale
      : guidanceScale;
    const isForward = inputsEmbeds || pastKeyValues || (scale ?? 1) !== 1;
    const { constraint } = inputs;
    if (constraint && isForward) {
      throw new UsageError(
        "generate: constraint: it does not go with guidanceScale, inputsEmbeds or pastKeyValues",
      );
    }
    const call = await (isForward ? prepareForward : prepareCall)(inputs, this.generationConfig, this.config);
    if (!constraint) return call;
    this.#constraints ??= new CallConstraints(this.config.vocabSize);
    return await this.#constraints.hold(call, constraint, inputs.tokenizer);
  }

  /** Runs requests after those of earlier calls have ended. */
  async *#run(
    { requests, start }: GenerateCall & { start?: ForwardStart },
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const before = this.#idle;
    const done = Promise.withResolvers<void>();
    this.#idle = done.promise;
    try {
      await before;
      if (start) {
        yield* new ForwardMethod(loadedModel(this), start).generate(numbered(requests), signal);
        return;
      }
      // Callers may exceed the context length, as in transformers.
      this.#methods ??= new Methods(
        new Engine(loadedModel(this), { maxLength: Infinity, batchSize: BATCH }),
      );
      yield* this.#methods.generate(requests, signal);
    } finally {
      done.resolve();
    }
  }

  /** generation_config.json, if it is not empty. */
  protected override extraFiles(): Record<string, string> {
    const values = this.generationConfig.toDiff();
    if (Object.keys(values).length === 0) return {};
    return { "generation_config.json": `${JSON.stringify(values, null, 2)}\n` };
  }

  /** Frees the memory, and the device if the model owns it; the model cannot be used afterwards. */
  override dispose(): void {
    this.#methods?.dispose();
    this.#methods = undefined;
    super.dispose();
  }
}
