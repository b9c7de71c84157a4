/**
 * transformers' pipelines: from a task's inputs to its answers.
 * @module
 */
export { pipeline, type PipelineModel, type PipelineOptions } from "./pipeline.ts";
export { Pipeline, type PipelineParts } from "./pipeline_base.ts";
export {
  type QuestionAnsweringCallOptions,
  QuestionAnsweringPipeline,
  type Questions,
} from "./question_answering_pipeline.ts";
export {
  type TextClassificationCallOptions,
  TextClassificationPipeline,
} from "./text_classification_pipeline.ts";
export {
  type Chat,
  type GeneratedChat,
  type GeneratedText,
  type GeneratedTokens,
  type TextGenerationCallOptions,
  TextGenerationPipeline,
} from "./text_generation_pipeline.ts";
export {
  type GroupingCallOptions,
  type TokenClassificationCallOptions,
  TokenClassificationPipeline,
} from "./token_classification_pipeline.ts";
