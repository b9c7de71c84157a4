import { checkTokens, forward } from "../../model/forward/forward.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { requireFinite } from "../numbers/finite.ts";
import { logSumExp, topTokens } from "../numbers/logprobs.ts";

/** Rows whose logits are on the host at once. */
const ROWS = 128;

/** A model's scores for a text. */
export interface Score {
  /** log p(token i | tokens before it); null for the first. */
  readonly logprobs: (number | null)[];
  /** Mean negative log-probability; null for a single token. */
  readonly loss: number | null;
  readonly perplexity: number | null;
  /** The best ids at each position of `logprobs`. */
  readonly top?: (null | [number, number][])[];
  /** The logits after each token, [tokens, vocabulary]. */
  readonly logits?: Float32Array[];
}

/** Scores every token of a prompt. */
export async function score(
  model: LoadedModel,
  ids: readonly number[],
  options: { top?: number; logits?: boolean; signal?: AbortSignal } = {},
): Promise<Score> {
  const { gpu, config } = model;
  checkTokens(ids, config.vocabSize);
  const kv = new KvBuffers(
    gpu,
    kvShape(config, model.kvDtype),
    1,
    ids.length,
  );
  const logprobs: (number | null)[] = [null];
  const top: (null | [number, number][])[] = [null];
  const rows: Float32Array[] = [];
  try {
    for (let first = 0; first < ids.length; first += ROWS) {
      options.signal?.throwIfAborted();
      const part = ids.slice(first, first + ROWS);
      const { head } = await forward(model, {
        rows: part.map((token, i) => ({ token, slot: 0, cachePosition: first + i, position: first + i })),
        keyCount: ids.length,
        length: ids.length,
        kv,
        head: "lm_head",
      });
      part.forEach((_, i) => {
        const logits = head!.subarray(i * config.vocabSize, (i + 1) * config.vocabSize);
        requireFinite(logits, `prompt token ${first + i}`);
        if (options.logits) rows.push(logits.slice());
        const next = ids[first + i + 1];
        if (next === undefined) return;
        const total = logSumExp(logits);
        logprobs.push(logits[next] - total);
        if (options.top !== undefined) {
          top.push(topTokens(logits, options.top).map((id) => [id, logits[id] - total]));
        }
      });
    }
  } finally {
    kv.dispose();
  }
  const known = logprobs.slice(1) as number[];
  const loss = known.length > 0 ? -known.reduce((sum, value) => sum + value, 0) / known.length : null;
  return {
    logprobs,
    loss,
    perplexity: loss === null ? null : Math.exp(loss),
    ...(options.top !== undefined ? { top } : {}),
    ...(options.logits ? { logits: rows } : {}),
  };
}
