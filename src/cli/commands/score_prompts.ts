import { LlamaError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";
import type { PromptItem } from "../shared/input.ts";
import { toJson } from "../terminal/output.ts";
import { type Context, encodeFitting, type Encoder } from "../../generate/request/encode_prompt.ts";
import { failedRecords } from "../shared/prompts.ts";

/** A model's scores of a prompt's tokens; entry i of each list belongs to token i. */
export interface Scores {
  /** log p(token i | tokens before it), null for the first. */
  readonly logprobs: readonly (number | null)[];
  readonly loss: number | null;
  readonly perplexity: number | null;
  /** The best ids at token i's position with their log-probabilities, null for the first. */
  readonly top?: readonly (readonly (readonly [number, number])[] | null)[];
  /** Logits of the whole vocabulary after token i. */
  readonly logits?: readonly Float32Array[];
}

/** The parts needed to score prompts. */
export interface ScoreParts {
  readonly session: {
    readonly model: { readonly config: { readonly vocabSize: number } };
    score(ids: number[], options: { top?: number; logits?: boolean; signal?: AbortSignal }): Promise<Scores>;
  };
  /** Absent if the model's folder has no tokenizer. */
  readonly tokenizer: Encoder | undefined;
  readonly context: Context;
}

/**
 * Scores prompts as they are read; writes one JSON object each.
 * @returns the exit code: 3 if a prompt could not be used, else 0
 */
export async function scorePrompts(
  { values, out, log, signal }: Call,
  { session, tokenizer, context }: ScoreParts,
  items: AsyncIterable<PromptItem>,
): Promise<number> {
  const failures: string[] = [];
  for await (const item of items) {
    const { index, id } = item;
    try {
      if (item.error) throw item.error;
      const settings = { ...values, ...item.options };
      const ids = encodeFitting(item, tokenizer, settings, session.model.config.vocabSize, context, 0);
      const { logits, ...scores } = await session.score(ids, {
        top: values.top,
        logits: values.logits,
        signal,
      });
      const { logprobs, loss, perplexity, top } = scores;
      const json = toJson({ index, id, tokens: ids, logprobs, loss, perplexity, ...(top && { top }) });
      for (const part of logits ? withLogits(json, logits) : [json]) out.text(part);
      out.text("\n");
    } catch (error) {
      // A failing device or disk fails every later prompt too.
      if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
      failures.push(error.message);
      if (values.jsonl) out.json({ index, id, error: error.message });
      else log.error(error.message);
    }
    await out.drain();
  }
  if (failures.length > 0 && values.jsonl) log.error(failedRecords(failures));
  return failures.length > 0 ? 3 : 0;
}

/**
 * The object with an added field "logits", row by row: a long prompt's logits exceed the maximum length of a
 * string.
 */
function* withLogits(json: string, logits: readonly Float32Array[]): Generator<string> {
  yield json.slice(0, -1) + ',"logits":[';
  for (const [i, row] of logits.entries()) yield (i > 0 ? "," : "") + JSON.stringify([...row]);
  yield "]}";
}
