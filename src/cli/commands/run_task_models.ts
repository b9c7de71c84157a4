import { DataError } from "../../base/errors.ts";
import { QuestionAnswering, shapeAnswers, TextClassification, TokenClassification } from "../../tasks/mod.ts";
import type { LlamaPreTrainedModel } from "../../model/classes/pretrained_model.ts";
import { LlamaForQuestionAnswering } from "../../model/classes/question_answering.ts";
import { LlamaForSequenceClassification } from "../../model/classes/sequence_classification.ts";
import { LlamaForTokenClassification } from "../../model/classes/token_classification.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import type { PromptItem } from "../shared/input.ts";
import type { LoadOptions } from "../shared/load_model.ts";

/** The tasks of `llama run` that print JSON instead of generated text. */
export type TaskName = "text-classification" | "token-classification" | "question-answering";

/** Settings that an answer depends on besides the input. */
export interface TaskSettings {
  readonly addSpecialTokens: boolean;
  readonly parseSpecial: boolean;
  readonly maxLength: number;
  readonly topK: number;
}

/** A model on the device, and its answer to an input. */
export interface OpenTask {
  readonly model: LlamaPreTrainedModel;
  answer(
    item: PromptItem,
    tokenizer: LlamaTokenizerFast | undefined,
    settings: TaskSettings,
  ): Promise<unknown>;
}

/** Loads the model of a task. @throws DataError that names the tensors of a missing head */
export async function openTask(name: TaskName, path: string, options: LoadOptions): Promise<OpenTask> {
  switch (name) {
    case "text-classification": {
      const model = await LlamaForSequenceClassification.fromPretrained(path, options);
      return {
        model,
        answer: ({ prompt }, tokenizer, settings) =>
          new TextClassification(model, tokenizer).run(checkIds(prompt, model), settings),
      };
    }
    case "token-classification": {
      const model = await LlamaForTokenClassification.fromPretrained(path, options);
      return {
        model,
        answer: ({ prompt }, tokenizer, settings) =>
          new TokenClassification(model, needed(tokenizer)).run(textOf(prompt), settings),
      };
    }
    case "question-answering": {
      const model = await LlamaForQuestionAnswering.fromPretrained(path, options);
      return {
        model,
        answer: async ({ prompt, context = "" }, tokenizer, { maxLength: _, ...settings }) => {
          const question = { question: textOf(prompt), context };
          return shapeAnswers(await new QuestionAnswering(model, needed(tokenizer)).run(question, settings));
        },
      };
    }
  }
}

function checkIds(prompt: string | number[], { config }: LlamaPreTrainedModel): string | number[] {
  if (typeof prompt === "string") return prompt;
  const bad = prompt.findIndex((id) => id >= config.vocabSize);
  if (bad < 0) return prompt;
  throw new DataError(
    `prompt[${bad}]: expected an id below the vocabulary's ${config.vocabSize}, got ${prompt[bad]}`,
  );
}

function textOf(prompt: string | number[]): string {
  if (typeof prompt === "string") return prompt;
  throw new DataError("prompt: expected text, got token ids, whose characters are unknown");
}

function needed(tokenizer: LlamaTokenizerFast | undefined): LlamaTokenizerFast {
  if (tokenizer) return tokenizer;
  throw new DataError("the model has no tokenizer.json or tokenizer.model, which this task needs");
}
