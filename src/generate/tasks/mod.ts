/**
 * What models with a head of their own are asked: transformers' pipelines without text generation.
 * @module
 */
export {
  type Answer,
  type Question,
  QuestionAnswering,
  type QuestionAnsweringOptions,
} from "./question_answering.ts";
export {
  type LabelScore,
  TextClassification,
  type TextClassificationOptions,
} from "./text_classification.ts";
export {
  TokenClassification,
  type TokenClassificationOptions,
  type TokenEntity,
} from "./token_classification.ts";
