import { LlamaConfig } from "../checkpoint/config.ts";
import { LlamaError } from "../errors.ts";
import { Session } from "../generate/mod.ts";
import type { Call } from "./commands.ts";
import { type PromptItem, readPrompts } from "./input.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "./model.ts";
import { toJson } from "./output.ts";
import { checkFits, encodePrompt, startingWith } from "./prompts.ts";

/** `llama score`: log-probability of every prompt token, loss and perplexity, one JSON object for each prompt. */
export async function score(call: Call): Promise<number> {
  const { values, positionals, io, out, log, signal } = call;
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const context = contextOf(config.maxPositionEmbeddings, values.maxLength);
  const parts = Promise.all([loadSession(Session, path, call), findTokenizer(path)]);
  parts.catch(() => {});
  const items = readPrompts(values, positionals, io);
  const first = await items.next();
  const [session, tokenizer] = await parts;
  let failed = 0;
  let firstFailure = "";
  try {
    for await (const item of startingWith(first, items)) {
      try {
        if (item.error) throw item.error;
        const settings = { ...values, ...item.options };
        const ids = encodePrompt(item, tokenizer, settings, session.config.vocabSize);
        checkFits(ids, context, item.where, 0);
        const result = await session.score(ids, { top: values.top, logits: values.logits, signal });
        print(call, item, ids, result);
      } catch (error) {
        if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
        failed += 1;
        firstFailure ||= error.message;
        if (values.jsonl) out.json({ index: item.index, id: item.id, error: error.message });
        else log.error(error.message);
      }
      await out.drain();
    }
  } finally {
    if (!signal.aborted) session.dispose();
  }
  if (failed > 0 && values.jsonl) log.error(`${failed} records failed; the first: ${firstFailure}`);
  return failed > 0 ? 3 : 0;
}

type ScoreResult = Awaited<ReturnType<Session["score"]>>;

function print({ out }: Call, item: PromptItem, ids: number[], result: ScoreResult): void {
  const { logprobs, loss, perplexity, top, logits } = result;
  const object = { index: item.index, id: item.id, tokens: ids, logprobs, loss, perplexity };
  const json = toJson(top ? { ...object, top } : object);
  if (!logits) return out.line(json);
  // Row by row: the logits of a long prompt are larger than a string may be.
  out.text(json.slice(0, -1) + ',"logits":[');
  logits.forEach((row, i) => out.text((i > 0 ? "," : "") + JSON.stringify([...row])));
  out.line("]}");
}
