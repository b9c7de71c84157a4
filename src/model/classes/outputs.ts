import type { Tensor } from "../../gpu/tensor.ts";
import type { Cache } from "../cache/cache_base.ts";

/** Outputs common to all classes. */
export interface ModelOutput {
  /**
   * Embeddings, the output of every layer except the last, and the final norm, each [batch, tokens, hidden
   * size].
   */
  readonly hiddenStates?: readonly Tensor[];
  /** Attention weights of every layer, [batch, heads, tokens, keys]. */
  readonly attentions?: readonly Tensor[];
}

/** Outputs of a model with a cache. */
export interface CachedOutput extends ModelOutput {
  /** Keys and values so far, for the next call; undefined without a cache. */
  readonly pastKeyValues?: Cache;
}

/** Output of LlamaModel. */
export interface BaseModelOutput extends CachedOutput {
  /** Hidden states after the final norm, [batch, tokens, hidden size]. */
  readonly lastHiddenState: Tensor;
}

/** Output of LlamaForCausalLM. */
export interface CausalLMOutput extends CachedOutput {
  /** Logits of the next token, [batch, kept tokens, vocabulary]. */
  readonly logits: Tensor;
  /** Mean cross entropy of the labels; NaN if all are ignored. */
  readonly loss?: number;
}

/** Output of LlamaForSequenceClassification. */
export interface SequenceClassifierOutput extends CachedOutput {
  /** [batch, labels] */
  readonly logits: Tensor;
  /** Loss of the labels, by the config's problem type. */
  readonly loss?: number;
}

/** Output of LlamaForTokenClassification. */
export interface TokenClassifierOutput extends ModelOutput {
  /** [batch, tokens, labels] */
  readonly logits: Tensor;
  /** Mean cross entropy of the labels; NaN if all are ignored. */
  readonly loss?: number;
}

/** Output of LlamaForQuestionAnswering. */
export interface QuestionAnsweringOutput extends ModelOutput {
  /** Start logits: scores of the answer's first token, [batch, tokens]. */
  readonly startLogits: Tensor;
  /** End logits: scores of the answer's last token, [batch, tokens]. */
  readonly endLogits: Tensor;
  /** Mean of the cross entropies of start and end. */
  readonly loss?: number;
}
