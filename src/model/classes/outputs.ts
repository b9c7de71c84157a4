import type { Tensor } from "../../gpu/tensor.ts";
import type { Cache } from "../cache/cache_base.ts";

/** What the outputs of all classes share. */
export interface ModelOutput {
  /** Embeddings, every layer's output but the last's, and the final norm, each [batch, tokens, hidden size]. */
  readonly hiddenStates?: readonly Tensor[];
  /** Attention weights of every layer, [batch, heads, tokens, keys]. */
  readonly attentions?: readonly Tensor[];
}

/** What a model with a cache gives beside. */
export interface CachedOutput extends ModelOutput {
  /** Keys and values so far, to be passed on; undefined where no cache is used. */
  readonly pastKeyValues?: Cache;
}

/** Output of LlamaModel. */
export interface BaseModelOutput extends CachedOutput {
  /** After the final norm, [batch, tokens, hidden size]. */
  readonly lastHiddenState: Tensor;
}

/** Output of LlamaForCausalLM. */
export interface CausalLMOutput extends CachedOutput {
  /** Scores of the next token, [batch, kept tokens, vocabulary]. */
  readonly logits: Tensor;
  /** Mean cross entropy of the labels; NaN where all are ignored. */
  readonly loss?: number;
}

/** Output of LlamaForSequenceClassification. */
export interface SequenceClassifierOutput extends CachedOutput {
  /** [batch, labels] */
  readonly logits: Tensor;
  /** Loss of the labels, as the config's problem type has it. */
  readonly loss?: number;
}

/** Output of LlamaForTokenClassification. */
export interface TokenClassifierOutput extends ModelOutput {
  /** [batch, tokens, labels] */
  readonly logits: Tensor;
  /** Mean cross entropy of the labels; NaN where all are ignored. */
  readonly loss?: number;
}

/** Output of LlamaForQuestionAnswering. */
export interface QuestionAnsweringOutput extends ModelOutput {
  /** Scores of being the answer's first token, [batch, tokens]. */
  readonly startLogits: Tensor;
  /** Scores of being the answer's last token, [batch, tokens]. */
  readonly endLogits: Tensor;
  /** Mean of the cross entropies of start and end. */
  readonly loss?: number;
}
