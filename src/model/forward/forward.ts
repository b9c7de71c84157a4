import { DataError } from "../../base/errors.ts";
import { Chunk, HEAD_ROWS } from "./forward_chunk.ts";
import type { ForwardCall } from "./forward_request.ts";
import type { LoadedModel } from "../weights/load.ts";

/** Maximum rows per pass through the layers. */
const CHUNK = 256;
/**
 * The same if sequences should stay whole: with a 2-D mask, a fully masked query takes the mean of all
 * values, those of later tokens included. Nothing else depends on such a query, so splitting is acceptable.
 */
const WHOLE_CHUNK = 2048;

/** Results of a forward, row-major, rows in the order of the call. */
export interface ForwardResult {
  /** [kept rows, rows of the head]. */
  readonly head?: Float32Array;
  /** [rows, hidden size], after the final norm. */
  readonly last?: Float32Array;
  /** Per layer, [rows, hidden size]: embeddings, every layer except the last, then the final norm. */
  readonly hiddenStates?: Float32Array[];
  /** Per layer, [rows, heads, keyCount]. */
  readonly attentions?: Float32Array[];
}

/**
 * Runs a forward of any shape, one chunk of rows at a time. For repeated forwards, see the decoder's plans.
 */
export async function forward(model: LoadedModel, call: ForwardCall): Promise<ForwardResult> {
  const { gpu, config, weights } = model;
  const total = call.rows.length;
  const head = call.head === undefined ? undefined : weights.heads[call.head];
  const headRows = head?.weight.rows ?? 0;
  const keep = call.keep ?? call.rows.map((_, i) => i);
  const hidden = config.hiddenSize;
  const wantsLast = call.outputLast || call.outputHiddenStates;
  const result = {
    head: head && new Float32Array(keep.length * headRows),
    last: wantsLast ? new Float32Array(total * hidden) : undefined,
    hiddenStates: call.outputHiddenStates
      ? Array.from({ length: config.numHiddenLayers + 1 }, () => new Float32Array(total * hidden))
      : undefined,
    attentions: call.outputAttentions
      ? Array.from(
        { length: config.numHiddenLayers },
        () => new Float32Array(total * config.numAttentionHeads * call.keyCount),
      )
      : undefined,
  };
  const length = call.length ?? call.rows.reduce((most, { position }) => Math.max(most, position), 0) + 1;
  for (let first = 0, count = 0; first < total; first += count) {
    count = chunkLength(call, first);
    const chunk = new Chunk(model, call, first, count, length);
    try {
      await gpu.check();
      await chunk.run();
      if (result.head) {
        const kept = keep.map((row, to) => ({ row: row - first, to }))
          .filter(({ row }) => row >= 0 && row < count);
        for (let done = 0; done < kept.length; done += HEAD_ROWS) {
          const picks = kept.slice(done, done + HEAD_ROWS);
          const values = await chunk.head(picks.map(({ row }) => row), headRows);
          picks.forEach(({ to }, i) =>
            result.head!.set(values.subarray(i * headRows, (i + 1) * headRows), to * headRows)
          );
        }
      }
      if (result.last) result.last.set(await chunk.read("last", hidden), first * hidden);
      for (const [layer, states] of result.hiddenStates?.entries() ?? []) {
        const name = layer === config.numHiddenLayers ? "last" : `hidden ${layer}`;
        states.set(await chunk.read(name, hidden), first * hidden);
      }
      for (const [layer, states] of result.attentions?.entries() ?? []) {
        const width = config.numAttentionHeads * call.keyCount;
        states.set(await chunk.read(`attention ${layer}`, width, false), first * width);
      }
    } finally {
      chunk.dispose();
    }
  }
  return result;
}

/** Number of rows from `first` on that form the next chunk. */
function chunkLength({ rows, mask, looksAhead }: ForwardCall, first: number): number {
  const most = looksAhead ? Infinity : mask ? WHOLE_CHUNK : CHUNK;
  let end = Math.min(first + CHUNK, rows.length);
  while (end < rows.length && end - first < most && rows[end].slot === rows[end - 1].slot) end++;
  return end - first;
}

/** Checks that all ids are in the vocabulary. @throws DataError if one is not */
export function checkTokens(ids: readonly number[], vocabSize: number): void {
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw new DataError(`token id ${id}: expected a whole number from 0 to ${vocabSize - 1}`);
    }
  }
}
