import { DataError } from "../base/errors.ts";
import type { LlamaPreTrainedModel } from "../model/classes/pretrained_model.ts";
import type { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { Callable } from "../base/callable.ts";

/** The parts of every pipeline. */
export interface PipelineParts<Model extends LlamaPreTrainedModel, Options> {
  /** The model to run. */
  readonly model: Model;
  /** Its tokenizer. */
  readonly tokenizer: LlamaTokenizerFast;
  /** Default options of every call. */
  readonly defaults: Options;
  /** True if disposing of the pipeline disposes of the model. */
  readonly ownsModel: boolean;
}

/**
 * A model and a tokenizer that answer when called: transformers' Pipeline.
 *
 * @example
 * ```ts
 * import { Pipeline, pipeline } from "@llama/llama";
 *
 * using generate = await pipeline("text-generation", "./TinyLlama");
 * console.log(generate instanceof Pipeline, generate.task);
 * ```
 */
export abstract class Pipeline<Model extends LlamaPreTrainedModel, Options> extends Callable {
  /** Name of the task. */
  abstract readonly task: string;
  /** The model to run. */
  readonly model: Model;
  /** Its tokenizer. */
  readonly tokenizer: LlamaTokenizerFast;
  readonly #defaults: Options;
  readonly #ownsModel: boolean;

  /** Called by `pipeline`. */
  constructor(
    { model, tokenizer, defaults, ownsModel }: PipelineParts<Model, Options>,
    call: (...args: never[]) => unknown,
  ) {
    super(call);
    this.model = model;
    this.tokenizer = tokenizer;
    this.#defaults = defaults;
    this.#ownsModel = ownsModel;
  }

  /**
   * Merges a call's options over the pipeline's defaults.
   * @internal
   */
  protected settings(options: Options | undefined): Options {
    const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
    return { ...this.#defaults, ...Object.fromEntries(given) };
  }

  /** Frees the model's memory if the pipeline loaded it; a model that was passed in is kept. */
  dispose(): void {
    if (this.#ownsModel) this.model.dispose();
  }

  /** Disposes of the pipeline at the end of a block: `using generate = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** One answer for one input, a list of them for a list. @throws what `answer` throws; DataError for an empty list */
export async function answerEach<Input, Answer>(
  inputs: Input | readonly Input[],
  answer: (input: Input) => Promise<Answer>,
): Promise<Answer | Answer[]> {
  if (!isList(inputs)) return await answer(inputs);
  if (inputs.length === 0) throw new DataError("pipeline: expected inputs, got an empty list");
  const answers: Answer[] = [];
  for (const input of inputs) answers.push(await answer(input));
  return answers;
}

/** `Array.isArray` for readonly lists. */
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
