import { locateModel, modelFolder } from "../checkpoint/files/locate.ts";
import { UsageError } from "../base/errors.ts";
import { LlamaPreTrainedModel, type PretrainedOptions } from "../model/classes/pretrained_model.ts";
import { LlamaForQuestionAnswering } from "../model/classes/question_answering.ts";
import { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import { LlamaForTokenClassification } from "../model/classes/token_classification.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { LlamaForCausalLM } from "../generate/llama_for_causal_lm.ts";
import type { PipelineParts } from "./pipeline_base.ts";
import {
  type QuestionAnsweringCallOptions,
  QuestionAnsweringPipeline,
} from "./question_answering_pipeline.ts";
import {
  type TextClassificationCallOptions,
  TextClassificationPipeline,
} from "./text_classification_pipeline.ts";
import { type TextGenerationCallOptions, TextGenerationPipeline } from "./text_generation_pipeline.ts";
import {
  type TokenClassificationCallOptions,
  TokenClassificationPipeline,
} from "./token_classification_pipeline.ts";

/** Options of making a pipeline; all others are the defaults of its calls. */
export interface PipelineOptions extends PretrainedOptions {
  /** A tokenizer, or its path (default: the model's folder). Required if the model is an object. */
  readonly tokenizer?: LlamaTokenizerFast | string;
}

/** A model's path, or a loaded model; undefined: the small one that ships with the program. */
export type PipelineModel<Model> = string | Model | undefined;

/**
 * Continues texts. See the last of these signatures.
 *
 * @example
 * ```ts
 * import { pipeline } from "@llama/llama";
 *
 * using generate = await pipeline("text-generation", "./TinyLlama");
 * const [{ generated_text }] = await generate("The sun", { maxNewTokens: 8 });
 * console.log(generated_text);
 * ```
 */
export function pipeline(
  task: "text-generation",
  model?: PipelineModel<LlamaForCausalLM>,
  options?: PipelineOptions & Omit<TextGenerationCallOptions, keyof PipelineOptions>,
): Promise<TextGenerationPipeline>;
/** Labels texts. See the last of these signatures. */
export function pipeline(
  task: "text-classification" | "sentiment-analysis",
  model: PipelineModel<LlamaForSequenceClassification>,
  options?: PipelineOptions & TextClassificationCallOptions,
): Promise<TextClassificationPipeline>;
/** Labels tokens. See the last of these signatures. */
export function pipeline(
  task: "token-classification" | "ner",
  model: PipelineModel<LlamaForTokenClassification>,
  options?: PipelineOptions & TokenClassificationCallOptions,
): Promise<TokenClassificationPipeline>;
/**
 * Makes a function that answers a task's inputs in the shapes of transformers' pipelines; it has `model`,
 * `tokenizer` and `dispose()`.
 *
 * The text of special tokens in inputs is parsed as these tokens, as in transformers.
 *
 * @param task `text-generation`, `text-classification` (`sentiment-analysis`), `token-classification` (`ner`)
 *   or `question-answering`
 * @param model a folder, a .safetensors file beside its config, a hub id in the cache, or a model of the
 *   task's class
 * @throws Error with a one-line message that names the place and the problem
 */
export function pipeline(
  task: "question-answering",
  model: PipelineModel<LlamaForQuestionAnswering>,
  options?: PipelineOptions & QuestionAnsweringCallOptions,
): Promise<QuestionAnsweringPipeline>;
export async function pipeline(
  task: string,
  model?: PipelineModel<LlamaPreTrainedModel>,
  options: PipelineOptions = {},
): Promise<unknown> {
  switch (task) {
    case "text-generation":
      return new TextGenerationPipeline(await partsOf(LlamaForCausalLM, task, model, options));
    case "text-classification":
    case "sentiment-analysis":
      return new TextClassificationPipeline(
        await partsOf(LlamaForSequenceClassification, task, model, options),
      );
    case "token-classification":
    case "ner":
      return new TokenClassificationPipeline(
        await partsOf(LlamaForTokenClassification, task, model, options),
      );
    case "question-answering":
      return new QuestionAnsweringPipeline(await partsOf(LlamaForQuestionAnswering, task, model, options));
    default:
      throw new UsageError(
        `pipeline: task: expected text-generation, text-classification, token-classification or question-answering, got ${
          JSON.stringify(task)
        }`,
      );
  }
}

/** A class of models. */
interface ModelClass<Model> {
  readonly name: string;
  readonly prototype: Model;
  fromPretrained(path: string, options: PretrainedOptions): Promise<Model>;
}

/** Names of the loading options; all others belong to the calls. */
const LOADING = ["dtype", "device", "quantizationConfig", "onProgress", "signal"];

async function partsOf<Model extends LlamaPreTrainedModel>(
  type: ModelClass<Model>,
  task: string,
  given: PipelineModel<LlamaPreTrainedModel>,
  { tokenizer: named, ...others }: PipelineOptions,
): Promise<PipelineParts<Model, Record<string, unknown>>> {
  const entries = Object.entries(others);
  const loading = Object.fromEntries(entries.filter(([name]) => LOADING.includes(name)));
  const defaults = Object.fromEntries(entries.filter(([name]) => !LOADING.includes(name)));
  if (given instanceof LlamaPreTrainedModel) {
    if (!Object.prototype.isPrototypeOf.call(type.prototype, given)) {
      throw new UsageError(
        `pipeline: model: expected a ${type.name} for ${task}, got a ${given.constructor.name}`,
      );
    }
    if (named === undefined) {
      throw new UsageError(
        "pipeline: tokenizer: expected one with a loaded model, got none",
      );
    }
    return { model: given as Model, tokenizer: await tokenizerOf(named), defaults, ownsModel: false };
  }
  const path = await locateModel(given);
  const tokenizer = await tokenizerOf(named ?? path);
  return { model: await type.fromPretrained(path, loading), tokenizer, defaults, ownsModel: true };
}

async function tokenizerOf(named: LlamaTokenizerFast | string): Promise<LlamaTokenizerFast> {
  if (typeof named !== "string") return named;
  return await LlamaTokenizerFast.fromPretrained(modelFolder(await locateModel(named)));
}
