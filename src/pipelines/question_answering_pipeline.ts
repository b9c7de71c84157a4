import { DataError } from "../base/errors.ts";
import type { LlamaForQuestionAnswering } from "../model/classes/question_answering.ts";
import {
  type Answer,
  type Question,
  QuestionAnswering,
  type QuestionAnsweringOptions,
  shapeAnswers,
} from "../tasks/mod.ts";
import { answerEach, Pipeline, type PipelineParts } from "./pipeline_base.ts";

/** Options of a call of a question-answering pipeline. */
export type QuestionAnsweringCallOptions = Omit<
  QuestionAnsweringOptions,
  "addSpecialTokens" | "parseSpecial"
>;

/** Several questions, each about the text at the same index, or all about one text. */
export interface Questions {
  /** The questions. */
  readonly question: readonly string[];
  /** One text per question, or one for all. */
  readonly context: string | readonly string[];
}

/**
 * Calls of a question-answering pipeline: the best answer to a question, or a list if `topK` requests more
 * and there are more; a list of these for several questions.
 */
export interface QuestionAnsweringPipeline {
  (
    input: Question,
    options: QuestionAnsweringCallOptions & { readonly topK: number },
  ): Promise<Answer | Answer[]>;
  (
    inputs: readonly Question[] | Questions,
    options: QuestionAnsweringCallOptions & { readonly topK: number },
  ): Promise<(Answer | Answer[])[]>;
  (input: Question, options?: QuestionAnsweringCallOptions): Promise<Answer>;
  (inputs: readonly Question[] | Questions, options?: QuestionAnsweringCallOptions): Promise<Answer[]>;
  (question: string, context: string, options?: QuestionAnsweringCallOptions): Promise<Answer>;
}

/**
 * transformers' QuestionAnsweringPipeline: spans of texts that answer questions.
 *
 * @example
 * ```ts
 * import { pipeline } from "@llama/llama";
 *
 * using answer = await pipeline("question-answering", "./Answerer");
 * console.log(await answer({ question: "Who?", context: "It was Ada." }));
 * ```
 */
export class QuestionAnsweringPipeline
  extends Pipeline<LlamaForQuestionAnswering, QuestionAnsweringCallOptions> {
  /** Name of the task. */
  readonly task = "question-answering";

  /** Called by `pipeline`. */
  constructor(parts: PipelineParts<LlamaForQuestionAnswering, QuestionAnsweringCallOptions>) {
    super(
      parts,
      async (
        first: string | Question | readonly Question[] | Questions,
        second?: string | QuestionAnsweringCallOptions,
        third?: QuestionAnsweringCallOptions,
      ) => {
        const options = this.settings(typeof second === "string" ? third : second);
        const task = new QuestionAnswering(this.model, this.tokenizer);
        const context = typeof second === "string" ? second : undefined;
        return await answerEach(
          questionsOf(first, context),
          async (question) => shapeAnswers(await task.run(question, { ...options, parseSpecial: true })),
        );
      },
    );
  }
}

function questionsOf(
  input: string | Question | readonly Question[] | Questions,
  context: string | undefined,
): Question | readonly Question[] {
  if (typeof input === "string") {
    if (context === undefined) throw new DataError("pipeline: context: expected a text beside the question");
    return { question: input, context };
  }
  if (!("question" in input)) return input;
  const { question, context: contexts } = input;
  if (typeof question === "string") {
    if (typeof contexts === "string") return { question, context: contexts };
    throw new DataError("pipeline: context: expected one text for one question");
  }
  const listed = typeof contexts === "string" ? question.map(() => contexts) : contexts;
  if (!Array.isArray(listed) || listed.length !== question.length) {
    throw new DataError(`pipeline: context: expected ${question.length} texts, one for each question`);
  }
  return question.map((one, i) => ({ question: one, context: listed[i] }));
}
