import type { LlamaConfig } from "../checkpoint/config/config.ts";
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
import { type ForwardStart, generateByForward } from "./forward_generate.ts";
import { filledRows, type GenerateCall, prepareCall } from "./generate_call.ts";
import type { GenerateInputs, GenerationChunk } from "./generate_inputs.ts";
import { GenerationConfig, generationConfigOf } from "./options/generation_config.ts";
import { Methods } from "./engine/methods.ts";
import { type GenerateOutput, StepRecorder } from "./options/step_recorder.ts";
import type { GenerationEvent } from "./options/types.ts";

/** Sequences that run together. */
const BATCH = 8;

/** A Llama that says what comes next. */
export class LlamaForCausalLM extends LlamaPreTrainedModel {
  /** What `generate` goes by where a call says nothing; its fields may be set. */
  generationConfig: GenerationConfig;
  #methods: Methods | undefined;
  /** Ends when no call of generate is at work. */
  #idle: Promise<unknown> = Promise.resolve();

  /** Models are made by `fromPretrained` and `fromConfig`. */
  protected constructor(loaded: LoadedModel, generationConfig?: GenerationConfig) {
    super(loaded);
    this.generationConfig = generationConfig ?? GenerationConfig.fromModelConfig(this.config);
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
    const generationConfig = await generationConfigOf(path);
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
   * padTokenId to the longest; a {@linkcode GenerateOutput} where a config asks for returnDictInGenerate
   * @throws Error that names an option which is unknown, not supported or out of range; the signal's reason
   */
  async generate(inputs: GenerateInputs & { readonly returnDictInGenerate?: false }): Promise<number[][]>;
  /**
   * Continues prompts, and tells what tokens were chosen from.
   * @returns the rows as `sequences`, and what outputScores and outputLogits ask for
   * @throws Error that names an option which is unknown, not supported or out of range; the signal's reason
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
   * Continues prompts, and gives tokens as they come; leaving the loop ends the work. Until it has ended, other calls
   * wait.
   *
   * ```ts
   * for await (const { row, tokens } of model.generateStream({ inputIds: [[1, 5, 9]] })) console.log(row, tokens);
   * ```
   *
   * @throws Error that names an option which is unknown, not supported or out of range; the signal's reason
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
    const prepare = inputsEmbeds || pastKeyValues || (scale ?? 1) !== 1 ? prepareForward : prepareCall;
    return await prepare(inputs, this.generationConfig, this.config);
  }

  /** Runs requests when those of earlier calls have ended. */
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
        yield* generateByForward(loadedModel(this), requests, start, signal);
        return;
      }
      // Positions beyond the context are the caller's wish, as in transformers.
      this.#methods ??= new Methods(
        new Engine(loadedModel(this), { maxLength: Infinity, batchSize: BATCH }),
      );
      yield* this.#methods.generate(requests, signal ?? undefined);
    } finally {
      done.resolve();
    }
  }

  /** generation_config.json, where there is anything to say. */
  protected override extraFiles(): Record<string, string> {
    const values = this.generationConfig.toDiff();
    if (Object.keys(values).length === 0) return {};
    return { "generation_config.json": `${JSON.stringify(values, null, 2)}\n` };
  }

  /** Gives the memory back, and the device where it is the model's own; the model cannot be used afterwards. */
  override dispose(): void {
    this.#methods?.dispose();
    this.#methods = undefined;
    super.dispose();
  }
}
