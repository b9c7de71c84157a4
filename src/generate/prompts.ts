import { DataError } from "../base/errors.ts";
import { Tensor } from "../gpu/tensor.ts";
import { checkTokens } from "../model/forward/forward.ts";
import { readRows, type TokenMatrix } from "../model/forward/inputs.ts";

/** A row of the inputs, and the row without padding. */
export interface PromptRow {
  readonly row: readonly number[];
  readonly ids: readonly number[];
}

/** Rows of ids; nested arrays may differ in length. @throws DataError */
export async function readPrompts(inputIds: TokenMatrix | undefined): Promise<number[][]> {
  if (inputIds === undefined) {
    throw new DataError("generate: inputIds: expected rows of token ids, got nothing");
  }
  if (inputIds instanceof Tensor || !Array.isArray(inputIds) || inputIds.length === 0) {
    return await readRows(inputIds, "inputIds");
  }
  const rows: number[][] = [];
  for (const row of inputIds) rows.push(...await readRows([row], "inputIds"));
  return rows;
}

/**
 * Removes masked tokens, or padding if there is no mask: positions then count as in transformers.
 *
 * @param pad padding token to remove if there is no mask
 * @throws DataError if a row ends in padding or has nothing else
 */
export async function stripPadding(
  rows: readonly (readonly number[])[],
  attentionMask: TokenMatrix | undefined,
  pad: number | undefined,
  vocabSize: number,
): Promise<PromptRow[]> {
  const mask = attentionMask && await readRows(attentionMask, "attentionMask");
  if (mask && (mask.length !== rows.length || rows.some((row) => row.length !== mask[0].length))) {
    throw new DataError(
      `attentionMask: expected the shape of inputIds, ${rows.length} rows, got [${mask.length}, ${
        mask[0].length
      }]`,
    );
  }
  return rows.map((row, i) => {
    checkTokens(row, vocabSize);
    const isSeen = (id: number, at: number) => mask ? mask[i][at] !== 0 : id !== pad;
    const ids = row.filter(isSeen);
    if (ids.length === 0) throw new DataError(`inputIds: row ${i} is nothing but padding`);
    if (!isSeen(row.at(-1)!, row.length - 1)) {
      throw new DataError(`inputIds: row ${i} ends in padding, expected it on the left`);
    }
    return { row, ids };
  });
}
