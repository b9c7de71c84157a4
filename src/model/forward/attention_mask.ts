import { DataError } from "../../base/errors.ts";
import { Tensor } from "../../gpu/tensor.ts";
import { type Batch, readRows, type TokenMatrix } from "./inputs.ts";

/** Lowest float32: transformers adds it to masked scores. */
const MASKED = -3.4028234663852886e38;

/**
 * The mask that a forward needs beyond the causal one, [batch · tokens, keyCount]; undefined if the causal
 * mask suffices.
 *
 * @param keyCount keys in the cache, including this call's
 * @param needed keys that a 2-D mask must at least cover
 * @param packed true if restarting positions separate packed sequences, as in transformers without mask and
 * cache
 * @throws DataError if the shape does not fit
 */
export async function attentionMask(
  given: TokenMatrix | undefined,
  batch: Batch,
  keyCount: number,
  needed: number,
  packed: boolean,
): Promise<Float32Array<ArrayBuffer> | undefined> {
  if (given instanceof Tensor && given.shape.length === 4) return await floatMask(given, batch, keyCount);
  if (given !== undefined) {
    const rows = await readRows(given, "attentionMask");
    const width = rows[0].length;
    if (rows.length !== batch.batch || width < needed || width > keyCount) {
      throw new DataError(
        `attentionMask: expected shape [${batch.batch}, ${needed}], past and new tokens, got [${rows.length}, ${width}]`,
      );
    }
    // Static cache positions past the 2-D mask are masked causally too.
    if (rows.every((row) => row.every((seen) => seen !== 0))) return undefined;
    return causal(batch, keyCount, (sequence, _query, key) => (rows[sequence][key] ?? 0) !== 0);
  }
  if (!packed) return undefined;
  const parts = batch.positions.map(packedParts);
  if (parts.every((part) => part.at(-1) === 0)) return undefined;
  return causal(batch, keyCount, (sequence, query, key) => parts[sequence][query] === parts[sequence][key]);
}

/** A causal mask that also masks positions for which `allowed` is false. */
function causal(
  { batch, tokens, cachePosition }: Batch,
  keyCount: number,
  allowed: (sequence: number, query: number, key: number) => boolean,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(batch * tokens * keyCount);
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let query = 0; query < tokens; query++) {
      const row = (sequence * tokens + query) * keyCount;
      for (let key = 0; key < keyCount; key++) {
        const seen = key <= cachePosition[query] && allowed(sequence, query, key);
        if (!seen) values[row + key] = MASKED;
      }
    }
  }
  return values;
}

/** Index of each token's packed sequence: a new one begins where positions do not increase by one. */
function packedParts(positions: readonly number[]): number[] {
  let part = 0;
  return positions.map((position, i) => i > 0 && position !== positions[i - 1] + 1 ? ++part : part);
}

async function floatMask(
  given: Tensor,
  { batch, tokens }: Batch,
  keyCount: number,
): Promise<Float32Array<ArrayBuffer>> {
  const [sequences, heads, queries, keys] = given.shape;
  if ((sequences !== batch && sequences !== 1) || heads !== 1 || queries !== tokens || keys < keyCount) {
    throw new DataError(
      `attentionMask: expected shape [${batch}, 1, ${tokens}, ${keyCount}], got [${given.shape}]`,
    );
  }
  const data = await given.data();
  const values = new Float32Array(batch * tokens * keyCount);
  for (let row = 0; row < batch * tokens; row++) {
    const from = (sequences === 1 ? row % tokens : row) * keys;
    values.set(data.subarray(from, from + keyCount), row * keyCount);
  }
  return values;
}
