import { softmax } from "./probabilities.ts";

/** One window of a question and a context, with the model's logits for its tokens. */
export interface AnsweredWindow {
  /** Logit of each token as the start of the answer. */
  readonly starts: ArrayLike<number>;
  /** Logit of each token as the end of the answer. */
  readonly ends: ArrayLike<number>;
  /** True for tokens at which the answer may start and end. */
  readonly allowed: readonly boolean[];
  /** True for tokens of the context. */
  readonly inContext: readonly boolean[];
  /** Index of the word in its text that contains the token; null for special tokens. */
  readonly words: readonly (number | null)[];
  /** Character range of the token in its text, [from, to). */
  readonly offsets: readonly (readonly [number, number])[];
  /** Length of the whole context in characters. */
  readonly contextLength: number;
}

/** Options of the search for answers. */
export interface SpanOptions {
  /** Number of answers. */
  readonly topK: number;
  /** Maximum length of an answer in tokens. */
  readonly maxAnswerLen: number;
  /** True to widen answers to whole words of the pre-tokenizer. */
  readonly alignToWords: boolean;
}

/** A span of the context, in characters, and its probability. */
export interface AnswerSpan {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * The most probable spans of one window, best first; several may have the same characters. No span extends
 * beyond the context, whatever the logits are.
 */
export function answerSpans(window: AnsweredWindow, options: SpanOptions): AnswerSpan[] {
  const { allowed } = window;
  // Tokens that are not allowed are left out of both distributions.
  const masked = (logits: ArrayLike<number>) =>
    softmax(allowed.map((may, token) => may ? logits[token] : -10_000));
  const [starts, ends] = [masked(window.starts), masked(window.ends)];
  // The first token means "no answer".
  starts[0] = ends[0] = 0;
  const candidates: { first: number; last: number; score: number }[] = [];
  for (let first = 0; first < starts.length; first++) {
    const stop = Math.min(ends.length, first + options.maxAnswerLen);
    for (let last = first; last < stop; last++) {
      const score = starts[first] * ends[last];
      if (score > 0 && allowed[first] && allowed[last]) candidates.push({ first, last, score });
    }
  }
  // Spans that widen to the same words are merged later, so more are needed here.
  const count = options.alignToWords ? options.topK * 2 + 10 : options.topK;
  return candidates.sort((a, b) => b.score - a.score).slice(0, count).flatMap(({ first, last, score }) => {
    const place = charactersOf(window, first, last, options.alignToWords);
    const [start, end] = place.map((character) => Math.min(character, window.contextLength));
    return start <= end ? [{ start, end, score }] : [];
  });
}

/**
 * Characters of a span of tokens: whole words of the context if it has them, else the tokens' own characters.
 */
function charactersOf(
  { inContext, words, offsets }: AnsweredWindow,
  first: number,
  last: number,
  alignToWords: boolean,
): [number, number] {
  const isOf = (word: number | null) => (other: number | null, token: number) =>
    word !== null && other === word && inContext[token];
  if (alignToWords) {
    const from = words.findIndex(isOf(words[first]));
    const to = words.findLastIndex(isOf(words[last]));
    if (from >= 0 && to >= 0) return [offsets[from][0], offsets[to][1]];
  }
  return [offsets[first][0], offsets[last][1]];
}
