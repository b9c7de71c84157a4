import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { UsageError } from "../../base/errors.ts";
import { defaultsFor, Session } from "../../generate/mod.ts";
import { isFrozen, saysSampling } from "../../generate/options/greedy.ts";
import { onlyDraws } from "../../generate/options/table.ts";
import { type LlamaTokenizerFast, StreamDecoder } from "../../tokenizer/mod.ts";
import type { Call } from "../shared/call.ts";
import { hasChatTemplate, needChatTemplate, readChatTemplate } from "../shared/chat_template_option.ts";
import { constraintOfFlags } from "../shared/constraint_option.ts";
import { continuePrompts } from "../shared/continue_prompts.ts";
import { tellUnfit } from "../shared/tell_unfit.ts";
import { readPrompts } from "../shared/input.ts";
import type { OptionValues } from "../options/options.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "../shared/load_model.ts";
import { checkPromptCache, PromptCacheOption } from "../shared/prompt_cache_option.ts";
import { startingWith } from "../shared/prompts.ts";
import { readRunRecord } from "../shared/record.ts";
import { generationConfigOf } from "../../generate/options/generation_config.ts";
import { modelId } from "../shared/model_id.ts";
import { constrainer } from "../../generate/sampling/constrainer.ts";
import { runTask } from "./run_task.ts";

/**
 * `llama run`: continues prompts; streams the text to stdout, or prints one JSON object for each prompt.
 * {@linkcode runTask} handles all tasks but text generation.
 */
export async function run(call: Call): Promise<number> {
  const { values, positionals, io, log, signal } = call;
  if (values.task !== undefined && values.task !== "text-generation") return await runTask(call, values.task);
  if (values.logprobs !== undefined && !values.json) {
    throw new UsageError("--logprobs needs --json to show them");
  }
  checkPromptCache(values);
  checkChat(values);
  const flagConstraint = await constraintOfFlags(values);
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const context = contextOf(config.maxPositionEmbeddings, values.maxLength);
  // Loading takes longest, so it starts first; an input without any prompt still ends the call at once.
  const expected = values.lines || values.jsonl ? 0 : 1; // the number of lines is not known yet
  const parts = Promise.all([
    loadSession(Session, path, call, { expected }),
    findTokenizer(path),
    defaultsFor(path),
  ]);
  parts.catch(() => {});
  const items = readPrompts(values, positionals, io, readRunRecord);
  const first = await items.next();
  const [session, tokenizer, defaults] = await parts;
  tellUnfit(log, defaults);
  if (!defaults.doSample && asksForSampling(values)) {
    log.note(
      "the model's generation_config.json says do_sample false; --do-sample makes the sampling options count",
    );
  }
  if (!first.done && typeof first.value.prompt === "string") tellTemplate(call, tokenizer);
  try {
    const decoderOf = (ids: number[]) => tokenizer && new StreamDecoder(tokenizer, { prompt: ids });
    const promptCache = await PromptCacheOption.open(values, path, session, log);
    const { vocabSize } = session.model.config;
    const constrain = tokenizer && constrainer(tokenizer, vocabSize);
    const hasMessages = values.chat || values.jsonl;
    const requestModel = hasMessages && tokenizer && constrain && {
      ...await chatParts(call, path, tokenizer),
      ...{ tokenizer, constrain, defaults, vocabSize, context: context.tokens },
    };
    const parts = {
      ...{ session, tokenizer, decoderOf, defaults, context, promptCache, constrain, flagConstraint },
      requestModel: requestModel || undefined,
    };
    const code = await continuePrompts(call, parts, startingWith(first, items));
    if (code === 0) await promptCache?.save();
    return code;
  } finally {
    if (!signal.aborted) session.dispose();
  }
}

/** True for options that only affect sampling, in a call that does not set whether to sample. */
function asksForSampling(values: OptionValues): boolean {
  if (saysSampling(values) !== undefined || isFrozen(values)) return false;
  return Object.entries(values).some(([name, value]) => value !== undefined && onlyDraws(name));
}

/** Checks the options of conversations. @throws UsageError for one that nothing would read */
function checkChat({ chat, jsonl, system, chatTemplate }: OptionValues): void {
  if (chat || jsonl) return;
  const idle = system !== undefined ? "--system" : chatTemplate !== undefined ? "--chat-template" : undefined;
  if (idle) throw new UsageError(`${idle}: expected --chat beside it, or --jsonl with messages`);
}

/** The parts of a request that conversations need. @throws DataError for `--chat` without any template */
async function chatParts(call: Call, path: string, tokenizer: LlamaTokenizerFast) {
  const { values } = call;
  const template = values.chat
    ? await needChatTemplate(values.chatTemplate, tokenizer, path)
    : await readChatTemplate(values.chatTemplate, tokenizer);
  const stated = values.maxNewTokens ?? (await generationConfigOf(path)).stated().maxNewTokens;
  return { id: modelId(call, path), template, flags: values, answerTokens: stated ?? undefined };
}

/** Logs, on a terminal, that the model has a chat template which a plain prompt does not use. */
function tellTemplate({ values, io, log }: Call, tokenizer: LlamaTokenizerFast | undefined): void {
  const { chat, noChat, jsonl, raw } = values;
  if (chat || noChat || jsonl || raw || !io.errorIsTerminal) return;
  if (!tokenizer || !hasChatTemplate(tokenizer)) return;
  log.note("the model has a chat template: --chat applies it to the prompt, --no-chat hides this note");
}
