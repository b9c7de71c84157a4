import { DataError } from "../base/errors.ts";
import type { LlamaForQuestionAnswering } from "../model/classes/question_answering.ts";
import type { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { requireFinite } from "../generate/numbers/finite.ts";
import { type AnswerSpan, answerSpans, type SpanOptions } from "./answer_spans.ts";
import { checkTopK, type TextOptions } from "./options.ts";

/** A question about a text. */
export interface Question {
  /** The question. */
  readonly question: string;
  /** The text that contains the answer. */
  readonly context: string;
}

/** A span of the context that answers a question. */
export interface Answer {
  /** Its probability. */
  readonly score: number;
  /** Offset of its start in the context, in code points. */
  readonly start: number;
  /** Offset of its end, exclusive. */
  readonly end: number;
  /** The characters of the context from start to end. */
  readonly answer: string;
}

/** Options of the search for an answer; transformers' names and defaults. */
export interface QuestionAnsweringOptions extends Omit<TextOptions, "maxLength"> {
  /** Number of answers, best first (default: 1). */
  readonly topK?: number;
  /** Maximum length of an answer in tokens (default: 15). */
  readonly maxAnswerLen?: number;
  /**
   * Maximum number of tokens of a window (default: 384, or the tokenizer's model_max_length if that is less).
   */
  readonly maxSeqLen?: number;
  /**
   * Tokens of the context that neighbouring windows share (default: 128, or half a window if that is less).
   */
  readonly docStride?: number;
  /** True to widen answers to whole words of the pre-tokenizer (default: true). */
  readonly alignToWords?: boolean;
}

/** A token of a question, a context or neither. */
interface Token {
  readonly id: number;
  readonly inContext: boolean;
  readonly word: number | null;
  readonly offset: [number, number];
}

/**
 * transformers' question-answering pipeline. As there, a tokenizer that pads on the left puts the context
 * before the question, and the question's tokens then take part in the softmax; and a tokenizer without words
 * (SentencePiece's) widens every answer to all of the context in the window, unless `alignToWords` is false.
 */
export class QuestionAnswering {
  constructor(readonly model: LlamaForQuestionAnswering, readonly tokenizer: LlamaTokenizerFast) {}

  /**
   * Finds the best answers. A context longer than a window is read in overlapping windows.
   * @returns `topK` answers, or fewer if the context has no more
   * @throws DataError if a text is empty or the question leaves no room for the context
   */
  async run({ question, context }: Question, options: QuestionAnsweringOptions = {}): Promise<Answer[]> {
    const { topK = 1, maxAnswerLen = 15, alignToWords = true } = options;
    const maxSeqLen = options.maxSeqLen ?? Math.min(this.tokenizer.modelMaxLength, 384);
    const docStride = options.docStride ?? Math.min(Math.floor(maxSeqLen / 2), 128);
    checkTopK(topK);
    if (question === "") throw new DataError("question: expected text, got none");
    if (context === "") throw new DataError("context: expected text, got none");
    const questionFirst = this.tokenizer.paddingSide === "right";
    const tokens = this.#encode(question, context, questionFirst, options);
    const characters = Array.from(context);
    const spans: AnswerSpan[] = [];
    for (const window of windowsOf(tokens, maxSeqLen, docStride)) {
      const allowed = window.map(({ inContext }) => inContext || !questionFirst);
      const found = await this.#spans(window, allowed, characters.length, {
        topK,
        maxAnswerLen,
        alignToWords,
      });
      spans.push(...found);
    }
    return mergeAnswers(spans, characters).slice(0, topK);
  }

  #encode(question: string, context: string, questionFirst: boolean, options: TextOptions): Token[] {
    const { addSpecialTokens = true, parseSpecial = false } = options;
    const [first, second] = questionFirst ? [question, context] : [context, question];
    const encoding = this.tokenizer.call(first, { textPair: second, addSpecialTokens, parseSpecial });
    const contextSequence = questionFirst ? 1 : 0;
    return encoding.inputIds[0].map((id, i) => ({
      id,
      inContext: encoding.sequenceIds[0][i] === contextSequence,
      word: encoding.wordIds[0][i],
      offset: encoding.offsetMapping[0][i],
    }));
  }

  async #spans(
    window: readonly Token[],
    allowed: readonly boolean[],
    contextLength: number,
    options: SpanOptions,
  ): Promise<AnswerSpan[]> {
    const inputIds = [window.map(({ id }) => id)];
    const { startLogits, endLogits } = await this.model.forward({ inputIds, useCache: false });
    const [starts, ends] = [await startLogits.data(), await endLogits.data()];
    for (const [i] of starts.entries()) requireFinite([starts[i], ends[i]], `prompt token ${i}`);
    return answerSpans({
      starts,
      ends,
      allowed,
      inContext: window.map(({ inContext }) => inContext),
      words: window.map(({ word }) => word),
      offsets: window.map(({ offset }) => offset),
      contextLength,
    }, options);
  }
}

/** Answers in transformers' shape: one alone, several as a list, none as an empty list. */
export function shapeAnswers(answers: readonly Answer[]): Answer | Answer[] {
  if (answers.length > 1) return [...answers];
  return answers[0] ?? { score: 0, start: 0, end: 0, answer: "" };
}

/**
 * Cuts tokens into windows of at most `size`: each has the whole question, and neighbours share `stride`
 * tokens of the context.
 * @throws DataError if the question leaves no room
 */
export function windowsOf<T extends { readonly inContext: boolean }>(
  tokens: readonly T[],
  size: number,
  stride: number,
): (readonly T[])[] {
  if (tokens.length <= size) return [tokens];
  const from = tokens.findIndex(({ inContext }) => inContext);
  const to = tokens.findLastIndex(({ inContext }) => inContext) + 1;
  const others = tokens.length - (to - from);
  const room = size - others;
  if (from < 0 || room < 1) {
    throw new DataError(`question: expected fewer than ${size} tokens with the special ones, got ${others}`);
  }
  // With a long question the windows are narrow, but must still advance.
  const step = stride < room ? room - stride : Math.ceil(room / 2);
  const windows: T[][] = [];
  for (let start = from, stop = from; stop < to; start += step) {
    stop = Math.min(start + room, to);
    windows.push([...tokens.slice(0, from), ...tokens.slice(start, stop), ...tokens.slice(to)]);
  }
  return windows;
}

/**
 * Converts spans to answers, best first; those with the same text, ignoring case, are merged into the first.
 */
function mergeAnswers(spans: readonly AnswerSpan[], characters: readonly string[]): Answer[] {
  const answers = new Map<string, Answer>();
  for (const { start, end, score } of spans) {
    const answer = characters.slice(start, end).join("");
    const key = answer.toLowerCase();
    const before = answers.get(key);
    answers.set(
      key,
      before ? { ...before, score: before.score + score } : { score, start, end, answer },
    );
  }
  return [...answers.values()].sort((a, b) => b.score - a.score);
}
