import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import type { LlamaForTokenClassification } from "../../model/token_classification.ts";
import { requireFinite } from "../finite.ts";
import { checkTokenCount, type TextOptions } from "./options.ts";
import { softmax } from "./probabilities.ts";

/** A token that has a label. */
export interface TokenEntity {
  readonly entity: string;
  readonly score: number;
  /** Place among all tokens, special ones counted, from 0. */
  readonly index: number;
  /** The token as it stands in the vocabulary; an unknown one as it stands in the text. */
  readonly word: string;
  /** First character (Unicode code point) of the text that belongs to it. */
  readonly start: number;
  /** The character after its last. */
  readonly end: number;
}

/** What a classification of tokens may be told. */
export interface TokenClassificationOptions extends TextOptions {
  /** Labels that are left out; "O" unless told. */
  readonly ignoreLabels?: readonly string[];
}

/** transformers' token-classification pipeline without aggregation: labels of tokens. */
export class TokenClassification {
  constructor(readonly model: LlamaForTokenClassification, readonly tokenizer: LlamaTokenizerFast) {}

  /**
   * Labels the tokens of one text; the special tokens around it and those of ignored labels are left out.
   * @throws DataError where the text is empty or too long
   */
  async run(text: string, options: TokenClassificationOptions = {}): Promise<TokenEntity[]> {
    const { addSpecialTokens = true, parseSpecial = false, ignoreLabels = ["O"] } = options;
    const { config } = this.model;
    const encoding = this.tokenizer.call(text, { addSpecialTokens, parseSpecial });
    const [ids, special, offsets] = [
      encoding.inputIds[0],
      encoding.specialTokensMask[0],
      encoding.offsetMapping[0],
    ];
    checkTokenCount(ids.length, options.maxLength ?? config.maxPositionEmbeddings);
    const { logits } = await this.model.forward({ inputIds: [ids], useCache: false });
    const scores = await logits.data();
    const characters = Array.from(text);
    return ids.flatMap((id, index): TokenEntity[] => {
      if (special[index]) return [];
      const ofToken = scores.subarray(index * config.numLabels, (index + 1) * config.numLabels);
      requireFinite(ofToken, `prompt token ${index}`);
      const { label, score } = bestLabel(ofToken, config.id2label);
      if (ignoreLabels.includes(label)) return [];
      const [start, end] = offsets[index];
      const word = id === this.tokenizer.unkTokenId
        ? characters.slice(start, end).join("")
        : this.tokenizer.convertIdsToTokens(id);
      return [{ entity: label, score, index, word, start, end }];
    });
  }
}

/** The most probable label of one token, the first of equals. */
export function bestLabel(
  logits: ArrayLike<number>,
  id2label: Readonly<Record<number, string>>,
): { label: string; score: number } {
  const scores = softmax(logits);
  const best = scores.reduce((best, score, i) => score > scores[best] ? i : best, 0);
  return { label: id2label[best] ?? `LABEL_${best}`, score: scores[best] };
}
