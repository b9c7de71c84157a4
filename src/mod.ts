/**
 * Llama models on the GPU, with transformers' own names in camelCase.
 *
 * ```ts
 * const model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * const { logits } = await model.forward({ inputIds: [[1, 5, 9]] });
 * logits.shape; // [1, 3, vocabulary]
 * await logits.data(); // Float32Array
 * model.dispose();
 * ```
 *
 * @module
 */
export { LlamaConfig } from "./checkpoint/config/config.ts";
export {
  Int4WeightOnlyConfig,
  type Int4WeightOnlyOptions,
} from "./checkpoint/int4/int4_weight_only_config.ts";
export { type Labels } from "./checkpoint/config/labels.ts";
export { type RopeScaling } from "./checkpoint/config/rope_scaling.ts";
export { type WeightDtype } from "./checkpoint/tensors/types.ts";
export type { Constraint } from "./constraint/constraint.ts";
export type { Json } from "./constraint/schema/located.ts";
export type { GenerateInputs, GenerationChunk } from "./generate/generate_inputs.ts";
export { GenerationConfig } from "./generate/options/generation_config.ts";
export type { GenerationFields } from "./generate/options/table.ts";
export { LlamaForCausalLM } from "./generate/llama_for_causal_lm.ts";
export type { LogitsProcessor, ProcessorContext } from "./generate/processors/types.ts";
export type { StopTokenizer } from "./generate/sampling/stop_strings.ts";
export type { GenerateOutput } from "./generate/options/step_recorder.ts";
export { type Streamer, TextStreamer, type TextStreamerOptions } from "./generate/streamer.ts";
export { Callable } from "./base/callable.ts";
export { type AttentionChoice } from "./mask/attention.ts";
export {
  AttentionMaskVisualizer,
  type VisualizeOptions,
  type VisualizeTextOptions,
} from "./mask/visualizer.ts";
export {
  type Chat,
  type GeneratedChat,
  type GeneratedText,
  type GeneratedTokens,
  type GroupingCallOptions,
  Pipeline,
  pipeline,
  type PipelineModel,
  type PipelineOptions,
  type PipelineParts,
  type QuestionAnsweringCallOptions,
  QuestionAnsweringPipeline,
  type Questions,
  type TextClassificationCallOptions,
  TextClassificationPipeline,
  type TextGenerationCallOptions,
  TextGenerationPipeline,
  type TokenClassificationCallOptions,
  TokenClassificationPipeline,
} from "./pipelines/mod.ts";
export type {
  AggregationStrategy,
  Answer,
  EntityGroup,
  LabelScore,
  Question,
  QuestionAnsweringOptions,
  ScoreFunction,
  TextOptions,
  TextPair,
  TokenEntity,
} from "./tasks/mod.ts";
export { Tensor } from "./gpu/tensor.ts";
export { Cache, type CacheLayerTensors } from "./model/cache/cache_base.ts";
export { type CausalLMInputs } from "./model/classes/causal_lm.ts";
export { DynamicCache } from "./model/cache/dynamic_cache.ts";
export { type ForwardInputs, type TokenMatrix } from "./model/forward/inputs.ts";
export { LlamaModel } from "./model/classes/llama_model.ts";
export type {
  BaseModelOutput,
  CachedOutput,
  CausalLMOutput,
  ModelOutput,
  QuestionAnsweringOutput,
  SequenceClassifierOutput,
  TokenClassifierOutput,
} from "./model/classes/outputs.ts";
export {
  type DeviceOptions,
  LlamaPreTrainedModel,
  type PretrainedOptions,
  type RandomOptions,
} from "./model/classes/pretrained_model.ts";
export {
  LlamaForQuestionAnswering,
  type QuestionAnsweringInputs,
  type TokenIndexes,
} from "./model/classes/question_answering.ts";
export { type SaveOptions } from "./model/classes/save.ts";
export { type StorageDtype } from "./gpu/matrix.ts";
export { type KvDtype } from "./ops/kv_layer.ts";
export {
  LlamaForSequenceClassification,
  type SequenceClassifierInputs,
} from "./model/classes/sequence_classification.ts";
export { StaticCache, type StaticCacheOptions } from "./model/cache/static_cache.ts";
export {
  LlamaForTokenClassification,
  type TokenClassifierInputs,
} from "./model/classes/token_classification.ts";
export {
  type AddedToken,
  type BatchEncoding,
  type CallOptions,
  type ChatMessage,
  type ChatOptions,
  type DecodeOptions,
  type EncodeOptions,
  LlamaTokenizer,
  LlamaTokenizerFast,
  type SamplingOptions,
  TokenizerBase,
  type TokenizerOptions,
} from "./tokenizer/mod.ts";
