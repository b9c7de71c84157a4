import { kebabCase, snakeCase } from "../../base/names.ts";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError, LlamaError, UsageError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";
import { openSource, promptArgument, type PromptItem, readPrompts, readWhole } from "../shared/input.ts";
import { contextOf, findModel, findTokenizer, tellUnexpected, withProgress } from "../shared/load_model.ts";
import { optionsOf, type OptionValues } from "../options/options.ts";
import { failedRecords, startingWith } from "../shared/prompts.ts";
import { readQuestion } from "../shared/record.ts";
import { openTask, type TaskName } from "./run_task_models.ts";

/**
 * `llama run --task …` for classification tasks: one line of JSON per input, in the shape of transformers'
 * pipelines.
 * @returns the exit code: 3 if an input could not be used, else 0
 */
export async function runTask(call: Call, name: TaskName): Promise<number> {
  const { values, io, out, log, signal } = call;
  const refused = meaningless(values, name);
  if (refused) throw new UsageError(`--${kebabCase(refused)} has no meaning for --task ${name}`);
  if (values.topK === 0) {
    throw new UsageError(`--top-k: expected an integer from 1 on for --task ${name}, got 0`);
  }
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const { tokens: maxLength } = contextOf(config.maxPositionEmbeddings, values.maxLength);
  const loading = Promise.all([
    withProgress(call, (options) => openTask(name, path, options)),
    findTokenizer(path),
  ]);
  loading.catch(() => {});
  const items = name === "question-answering"
    ? readQuestions(call)
    : readPrompts(values, call.positionals, io);
  const first = await items.next();
  const [{ model, answer }, tokenizer] = await loading;
  log.detail(`loaded ${path} for ${name}: ${model.dtype} weights`);
  tellUnexpected(log, path, model.unexpectedTensors);
  const failures: string[] = [];
  const objects = values.jsonl || name === "question-answering";
  try {
    for await (const item of startingWith(first, items)) {
      try {
        checkItem(item, name);
        const settings = { ...values, ...item.options };
        out.json(
          await answer(item, tokenizer, {
            addSpecialTokens: !settings.raw,
            parseSpecial: settings.parseSpecial ?? false,
            maxLength,
            topK: settings.topK ?? 1,
          }),
        );
      } catch (error) {
        // A failing device or disk fails every later input too.
        if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
        const message = error.message.startsWith(item.where)
          ? error.message
          : `${item.where}: ${error.message}`;
        failures.push(message);
        if (objects) out.json({ index: item.index, id: item.id, error: message });
        else log.error(message);
      }
      await out.drain();
    }
  } finally {
    if (!signal.aborted) model.dispose();
  }
  if (failures.length > 0 && objects) log.error(failedRecords(failures));
  return failures.length > 0 ? 3 : 0;
}

/** Questions: the prompt, about a piped text or a file; else one record per line. */
async function* readQuestions({ values, positionals, io }: Call): AsyncGenerator<PromptItem> {
  if (values.lines) {
    throw new UsageError('--lines: question-answering reads records {"question", "context"}; give --jsonl');
  }
  const question = promptArgument(values, positionals);
  if (question === undefined || values.jsonl) {
    yield* readPrompts({ ...values, jsonl: true }, positionals, io, readQuestion);
    return;
  }
  const source = openSource(values, io, true);
  if (!source) {
    throw new UsageError(
      'no context for the question: pipe a text in, name one with -f, or give records {"question", "context"} on stdin',
    );
  }
  const record = readQuestion({ question, context: await readWhole(source) });
  yield { index: 0, id: null, where: source.name, ...record };
}

/** @throws LlamaError if a line is invalid, or sets an option that this task does not use */
function checkItem(item: PromptItem, name: TaskName): void {
  if (item.error) throw item.error;
  const refused = meaningless(item.options, name);
  if (refused) throw new DataError(`${snakeCase(refused)} has no meaning for the task ${name}`);
}

/** The name of a given option that does not apply to this task. */
function meaningless(values: OptionValues, task: TaskName): string | undefined {
  return optionsOf("run").find(([option, { group }]) => {
    if (values[option] === undefined) return false;
    if (option === "topK") return task === "token-classification";
    return group === "Generation" || option === "echo" || option === "promptCache" || option === "logprobs";
  })?.[0];
}
