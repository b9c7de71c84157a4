import { LlamaError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";
import { readPrompts } from "../shared/input.ts";
import { needTokenizer } from "../shared/load_model.ts";
import { encodePrompt } from "../../generate/request/encode_prompt.ts";
import { failedRecords } from "../shared/prompts.ts";

/** `llama tokenize`: each prompt's ids on a line, or JSON with ids and tokens, or the number of tokens. */
export async function tokenize(call: Call): Promise<number> {
  const { values, positionals, io, out, log } = call;
  const tokenizer = await needTokenizer(call);
  const failures: string[] = [];
  const onStdout = values.jsonl && values.json;
  for await (const item of readPrompts(values, positionals, io)) {
    try {
      if (item.error) throw item.error;
      const settings = { ...values, ...item.options };
      const ids = encodePrompt(item, tokenizer, settings, tokenizer.length, 0);
      if (values.json) {
        out.json({ index: item.index, id: item.id, ids, tokens: tokenizer.convertIdsToTokens(ids) });
      } else out.line(values.count ? String(ids.length) : ids.join(" "));
    } catch (error) {
      if (!(error instanceof LlamaError)) throw error;
      failures.push(error.message);
      if (onStdout) out.json({ index: item.index, id: item.id, error: error.message });
      else log.error(error.message);
    }
    await out.drain();
  }
  if (failures.length === 0) return 0;
  if (onStdout) log.error(failedRecords(failures));
  return 3;
}
