import { softmax } from "./probabilities.ts";

/** One window of a question and a context, and what the model says of its tokens. */
export interface AnsweredWindow {
  /** Logit of each token to begin the answer. */
  readonly starts: ArrayLike<number>;
  /** Logit of each token to end it. */
  readonly ends: ArrayLike<number>;
  /** Whether the answer may begin and end there. */
  readonly allowed: readonly boolean[];
  /** Whether the token is the context's. */
  readonly inContext: readonly boolean[];
  /** Word of its text that the token is part of; null for special tokens. */
  readonly words: readonly (number | null)[];
  /** Characters of its text that the token stands for, from and to. */
  readonly offsets: readonly (readonly [number, number])[];
  /** Characters of the whole context. */
  readonly contextLength: number;
}

/** How answers are looked for. */
export interface SpanOptions {
  /** How many answers are wanted. */
  readonly topK: number;
  /** Most tokens of an answer. */
  readonly maxAnswerLen: number;
  /** Whether answers are widened to whole words of the pre-tokenizer. */
  readonly alignToWords: boolean;
}

/** A span of the context, in characters, and its probability. */
export interface AnswerSpan {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * The most probable spans of one window, the best first; several may be the same characters. Whatever the model says,
 * none reaches outside the context.
 */
export function answerSpans(window: AnsweredWindow, options: SpanOptions): AnswerSpan[] {
  const { allowed } = window;
  // What is not allowed is left out of both distributions.
  const masked = (logits: ArrayLike<number>) =>
    softmax(allowed.map((may, token) => may ? logits[token] : -10_000));
  const [starts, ends] = [masked(window.starts), masked(window.ends)];
  // The first token stands for "no answer".
  starts[0] = ends[0] = 0;
  const candidates: { first: number; last: number; score: number }[] = [];
  for (let first = 0; first < starts.length; first++) {
    const stop = Math.min(ends.length, first + options.maxAnswerLen);
    for (let last = first; last < stop; last++) {
      const score = starts[first] * ends[last];
      if (score > 0 && allowed[first] && allowed[last]) candidates.push({ first, last, score });
    }
  }
  // Spans that widen to the same words count together, hence more of them than are wanted.
  const count = options.alignToWords ? options.topK * 2 + 10 : options.topK;
  return candidates.sort((a, b) => b.score - a.score).slice(0, count).flatMap(({ first, last, score }) => {
    const place = charactersOf(window, first, last, options.alignToWords);
    const [start, end] = place.map((character) => Math.min(character, window.contextLength));
    return start <= end ? [{ start, end, score }] : [];
  });
}

/** Characters that a span of tokens means: whole words of the context where it has them, else those of the tokens. */
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
