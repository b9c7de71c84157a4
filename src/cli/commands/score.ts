import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Session } from "../../generate/mod.ts";
import type { Call } from "../shared/call.ts";
import { readPrompts } from "../shared/input.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "../shared/load_model.ts";
import { startingWith } from "../shared/prompts.ts";
import { scorePrompts } from "./score_prompts.ts";

/** `llama score`: log-probability of every prompt token, loss and perplexity; one JSON object per prompt. */
export async function score(call: Call): Promise<number> {
  const { values, positionals, io, signal } = call;
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const context = contextOf(config.maxPositionEmbeddings, values.maxLength);
  const loading = Promise.all([loadSession(Session, path, call), findTokenizer(path)]);
  loading.catch(() => {});
  const items = readPrompts(values, positionals, io);
  const first = await items.next();
  const [session, tokenizer] = await loading;
  try {
    return await scorePrompts(call, { session, tokenizer, context }, startingWith(first, items));
  } finally {
    if (!signal.aborted) session.dispose();
  }
}
