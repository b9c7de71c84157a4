import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import { defaultsFor, Session } from "../../generate/mod.ts";
import { loadTemplateEngine } from "../../tokenizer/mod.ts";
import { chatLines } from "./chat_lines.ts";
import { ChatRun } from "./chat_run.ts";
import type { Call } from "../shared/call.ts";
import { needChatTemplate } from "../shared/chat_template_option.ts";
import { tellUnfit } from "../shared/tell_unfit.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "../shared/load_model.ts";
import { PromptCacheOption } from "../shared/prompt_cache_option.ts";

/**
 * `llama chat`: a conversation with the model's chat template; writes one answer per turn to stdout.
 * @returns the exit code: 0 at the end of the input, else that of a failed piped turn
 */
export async function chat(call: Call): Promise<number> {
  const { values, positionals, io, log, signal } = call;
  if (positionals.length > 0) {
    throw new UsageError(
      `expected no argument, got ${
        JSON.stringify(positionals[0])
      }; turns are typed, or piped in, one per line`,
    );
  }
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const context = contextOf(config.maxPositionEmbeddings, values.maxLength);
  const tokenizer = await findTokenizer(path);
  if (!tokenizer) throw new DataError(`${path}: the model has no tokenizer.json or tokenizer.model`);
  const template = await needChatTemplate(values.chatTemplate, tokenizer, path);
  const [session, defaults] = await Promise.all([
    loadSession(Session, path, call, { reuse: "all", batchSize: 1, expected: 1 }),
    defaultsFor(path),
    loadTemplateEngine(),
  ]);
  tellUnfit(log, defaults);
  const lines = chatLines(io);
  // A signal ends the call while it waits for a line.
  signal.addEventListener("abort", () => lines.close());
  try {
    const promptCache = await PromptCacheOption.open(values, path, session, log);
    const parts = { session, tokenizer, template, defaults, context, promptCache };
    return await new ChatRun(call, parts).work(lines);
  } finally {
    lines.close();
    if (!signal.aborted) session.dispose();
  }
}
