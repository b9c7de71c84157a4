/**
 * Tasks of models with a task-specific head: transformers' pipelines other than text generation.
 * @module
 */
export {
  type Answer,
  type Question,
  QuestionAnswering,
  type QuestionAnsweringOptions,
  shapeAnswers,
} from "./question_answering.ts";
export { type AggregationStrategy, type EntityGroup } from "./entity_groups.ts";
export { type TextOptions } from "./options.ts";
export {
  type LabelScore,
  type ScoreFunction,
  TextClassification,
  type TextClassificationOptions,
  type TextPair,
} from "./text_classification.ts";
export {
  TokenClassification,
  type TokenClassificationOptions,
  type TokenEntity,
} from "./token_classification.ts";
