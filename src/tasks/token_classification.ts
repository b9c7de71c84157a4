import type { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import type { LlamaForTokenClassification } from "../model/classes/token_classification.ts";
import { requireFinite } from "../generate/numbers/finite.ts";
import { checkTokenCount, type TextOptions } from "./options.ts";
import {
  type AggregationStrategy,
  type EntityGroup,
  groupEntities,
  type ScoredToken,
} from "./entity_groups.ts";
import { largest, softmax } from "./probabilities.ts";

/** A token with a label. */
export interface TokenEntity {
  /** Its label. */
  readonly entity: string;
  /** The label's probability. */
  readonly score: number;
  /** Index among all tokens, special ones included, from 0. */
  readonly index: number;
  /** The token as in the vocabulary; an unknown one as in the text. */
  readonly word: string;
  /** Offset of its start in the text, in code points. */
  readonly start: number;
  /** Offset of its end, exclusive. */
  readonly end: number;
}

/** Options of a token classification. */
export interface TokenClassificationOptions extends TextOptions {
  /** Labels to leave out (default: "O"). */
  readonly ignoreLabels?: readonly string[];
}

/** transformers' token-classification pipeline: labels of tokens, or of the entities that they form. */
export class TokenClassification {
  constructor(readonly model: LlamaForTokenClassification, readonly tokenizer: LlamaTokenizerFast) {}

  /**
   * Labels the tokens of one text; leaves out the special tokens around it and tokens with ignored labels.
   * @throws DataError if the text is empty or too long
   */
  async run(text: string, options: TokenClassificationOptions = {}): Promise<TokenEntity[]> {
    const { ignoreLabels = ["O"] } = options;
    const tokens = await this.#score(text, options);
    return tokens.map(({ scores, index, word, start, end }): TokenEntity => {
      const { label, score } = bestLabel(scores, this.model.config.id2label);
      return { entity: label, score, index, word, start, end };
    }).filter(({ entity }) => !ignoreLabels.includes(entity));
  }

  /**
   * Labels the entities of one text: neighbours with one label. `simple` joins tokens; the other strategies
   * first give all tokens of a word one label, see {@linkcode AggregationStrategy}.
   * @throws DataError if the text is empty or too long; UsageError for an unknown strategy
   */
  async runGrouped(
    text: string,
    strategy: Exclude<AggregationStrategy, "none">,
    options: TokenClassificationOptions = {},
  ): Promise<EntityGroup[]> {
    const { ignoreLabels = ["O"] } = options;
    const { id2label } = this.model.config;
    const groups = groupEntities(await this.#score(text, options), strategy, {
      label: (index) => id2label[index] ?? `LABEL_${index}`,
      join: (words) => this.tokenizer.convertTokensToString(words),
    });
    return groups.filter(({ entity_group }) => !ignoreLabels.includes(entity_group));
  }

  /** The tokens of a text without the special ones around it, each with the probabilities of all labels. */
  async #score(text: string, options: TokenClassificationOptions): Promise<ScoredToken[]> {
    const { addSpecialTokens = true, parseSpecial = false } = options;
    const { config } = this.model;
    const encoding = this.tokenizer.call(text, { addSpecialTokens, parseSpecial });
    const [ids, special, offsets] = [
      encoding.inputIds[0],
      encoding.specialTokensMask[0],
      encoding.offsetMapping[0],
    ];
    checkTokenCount(ids.length, options.maxLength ?? config.maxPositionEmbeddings);
    const { logits } = await this.model.forward({ inputIds: [ids], useCache: false });
    const data = await logits.data();
    const characters = Array.from(text);
    return ids.flatMap((id, index): ScoredToken[] => {
      if (special[index]) return [];
      const ofToken = data.subarray(index * config.numLabels, (index + 1) * config.numLabels);
      requireFinite(ofToken, `prompt token ${index}`);
      const [start, end] = offsets[index];
      const isUnknown = id === this.tokenizer.unkTokenId;
      return [{
        scores: softmax(ofToken),
        index,
        word: isUnknown ? characters.slice(start, end).join("") : this.tokenizer.convertIdsToTokens(id),
        start,
        end,
        // The tokenizer does not mark word starts: as in transformers, guess them from spaces.
        startsWord: isUnknown || start === 0 || characters.slice(start - 1, start + 1).includes(" "),
      }];
    });
  }
}

/** The most probable label of one token; the first one of equals. */
export function bestLabel(
  scores: readonly number[],
  id2label: Readonly<Record<number, string>>,
): { label: string; score: number } {
  const best = largest(scores);
  return { label: id2label[best] ?? `LABEL_${best}`, score: scores[best] };
}
