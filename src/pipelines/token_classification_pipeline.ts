import type { LlamaForTokenClassification } from "../model/classes/token_classification.ts";
import {
  type AggregationStrategy,
  type EntityGroup,
  TokenClassification,
  type TokenEntity,
} from "../tasks/mod.ts";
import { answerEach, Pipeline, type PipelineParts } from "./pipeline_base.ts";

/** Options of a call of a token-classification pipeline. */
export interface TokenClassificationCallOptions {
  /** Labels to leave out (default: "O"). */
  readonly ignoreLabels?: readonly string[];
  /** How tokens are joined to entities (default: "none", each token alone). */
  readonly aggregationStrategy?: AggregationStrategy;
}

/** Options of a call that joins tokens to entities. */
export interface GroupingCallOptions extends TokenClassificationCallOptions {
  /** How tokens are joined to entities. */
  readonly aggregationStrategy: Exclude<AggregationStrategy, "none">;
}

/**
 * Calls of a token-classification pipeline: the tokens, or entities, of a text; a list of them for each of
 * several.
 */
export interface TokenClassificationPipeline {
  (text: string, options: GroupingCallOptions): Promise<EntityGroup[]>;
  (texts: readonly string[], options: GroupingCallOptions): Promise<EntityGroup[][]>;
  (text: string, options?: TokenClassificationCallOptions): Promise<TokenEntity[]>;
  (texts: readonly string[], options?: TokenClassificationCallOptions): Promise<TokenEntity[][]>;
}

/**
 * transformers' TokenClassificationPipeline: labels of the tokens of texts.
 *
 * @example
 * ```ts
 * import { pipeline } from "@llama/llama";
 *
 * using tag = await pipeline("token-classification", "./Tagger");
 * console.log(await tag("Ada was born in London."));
 * ```
 */
export class TokenClassificationPipeline
  extends Pipeline<LlamaForTokenClassification, TokenClassificationCallOptions> {
  /** Name of the task. */
  readonly task = "token-classification";

  /** Called by `pipeline`. */
  constructor(parts: PipelineParts<LlamaForTokenClassification, TokenClassificationCallOptions>) {
    super(parts, async (texts: string | readonly string[], options?: TokenClassificationCallOptions) => {
      const { ignoreLabels, aggregationStrategy = "none" } = this.settings(options);
      const task = new TokenClassification(this.model, this.tokenizer);
      const settings = { ignoreLabels, parseSpecial: true };
      return await answerEach<string, unknown[]>(
        texts,
        (text) =>
          aggregationStrategy === "none"
            ? task.run(text, settings)
            : task.runGrouped(text, aggregationStrategy, settings),
      );
    });
  }
}
