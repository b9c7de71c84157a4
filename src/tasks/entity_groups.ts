import { UsageError } from "../base/errors.ts";
import { largest } from "./probabilities.ts";

/**
 * How tokens become entities. `none`: each token is one. `simple`: neighbours with one label are joined, B-
 * and I- kept apart. The others first give all tokens of a word one label: that of the `first` token, of the
 * `average` probabilities, or of the token with the highest probability (`max`).
 */
export type AggregationStrategy = "none" | "simple" | "first" | "average" | "max";

/** Neighbouring tokens with one label. */
export interface EntityGroup {
  /** The label without its B- or I- prefix. */
  readonly entity_group: string;
  /** Mean of its tokens' or words' scores. */
  readonly score: number;
  /** The tokens' text. */
  readonly word: string;
  /** Offset of its start in the text, in code points. */
  readonly start: number;
  /** Offset of its end, exclusive. */
  readonly end: number;
}

/** A token with the probabilities of all labels. */
export interface ScoredToken {
  readonly scores: readonly number[];
  readonly index: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly startsWord: boolean;
}

/** A token or a word with one label. */
interface Entity {
  readonly label: string;
  readonly score: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The needed properties of the model and the tokenizer. */
export interface GroupingContext {
  label(index: number): string;
  /** Joins tokens to text. */
  join(words: string[]): string;
}

/** Joins tokens to entities. @throws UsageError for an unknown strategy */
export function groupEntities(
  tokens: readonly ScoredToken[],
  strategy: Exclude<AggregationStrategy, "none">,
  context: GroupingContext,
): EntityGroup[] {
  const words = strategy === "simple"
    ? tokens.map((token) => [token])
    : splitWhere(tokens, (token) => token.startsWord);
  const entities = words.map((word): Entity => {
    const scores = scoresOf(word, strategy);
    const best = largest(scores);
    return {
      label: context.label(best),
      score: scores[best],
      word: strategy === "simple" ? word[0].word : context.join(word.map((token) => token.word)),
      start: word[0].start,
      end: word.at(-1)!.end,
    };
  });
  const groups = splitWhere(entities, ({ label }, before) => {
    return label.startsWith("B-") || bare(label) !== bare(before.label);
  });
  return groups.map((group) => ({
    entity_group: group[0].label.slice(group[0].label.indexOf("-") + 1),
    score: mean(group.map(({ score }) => score)),
    word: context.join(group.map(({ word }) => word)),
    start: group[0].start,
    end: group.at(-1)!.end,
  }));
}

function scoresOf(word: readonly ScoredToken[], strategy: AggregationStrategy): readonly number[] {
  switch (strategy) {
    case "simple":
    case "first":
      return word[0].scores;
    case "max":
      return word[largest(word.map(({ scores }) => scores[largest(scores)]))].scores;
    case "average":
      return word[0].scores.map((_, label) => mean(word.map(({ scores }) => scores[label])));
    default:
      throw new UsageError(
        `aggregation_strategy: expected none, simple, first, average or max, got ${strategy}`,
      );
  }
}

/** Splits a list before each element, except the first, that starts a new group. */
function splitWhere<T>(values: readonly T[], begins: (value: T, before: T) => boolean): T[][] {
  const parts: T[][] = [];
  for (const [i, value] of values.entries()) {
    if (i === 0 || begins(value, values[i - 1])) parts.push([]);
    parts.at(-1)!.push(value);
  }
  return parts;
}

function bare(label: string): string {
  return label.replace(/^[BI]-/, "");
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
