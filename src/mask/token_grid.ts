import { DataError } from "../base/errors.ts";

/** What a picture shows: tokens down (who looks) and across (what is seen). */
export interface TokenGrid {
  /** The tokens as they stand in the vocabulary, padding among them. */
  readonly tokens: readonly string[];
  /** Whether each token is one of the prompt's; the others are padding. */
  readonly present: readonly boolean[];
  /** Attention weights, [tokens, tokens], where they are to be shown. */
  readonly weights?: Float32Array;
  /** What the weights are: `layer 2, head 0`. */
  readonly weightsOf?: string;
}

/** What one cell is. */
export type CellKind = "masked" | "padding" | "diagonal" | "allowed";

/** Whether token `row` sees token `column`: an earlier one or itself, and no padding. That is transformers' mask. */
export function sees(grid: TokenGrid, row: number, column: number): boolean {
  return column <= row && grid.present[column];
}

/** What stands where token `row` meets token `column`; what padding hides is `padding`. */
export function cellKind(grid: TokenGrid, row: number, column: number): CellKind {
  if (!grid.present[column]) return "padding";
  if (column > row) return "masked";
  return column === row ? "diagonal" : "allowed";
}

/** The weight of a cell, from 0 to 1. */
export function weightAt({ weights, tokens }: TokenGrid, row: number, column: number): number {
  return weights![row * tokens.length + column];
}

/** The mask's row of a token, 1 where it sees. */
export function maskRow(grid: TokenGrid, row: number): (0 | 1)[] {
  return grid.tokens.map((_, column) => sees(grid, row, column) ? 1 : 0);
}

/**
 * Fills a grid up with padding.
 * @param length tokens that it gets
 * @param token what padding is called
 */
export function padGrid(
  grid: TokenGrid,
  length: number,
  token: string,
  side: "left" | "right",
): TokenGrid {
  const count = grid.tokens.length;
  const missing = length - count;
  if (missing < 0) throw new DataError(`padding: expected at most ${length} tokens, got ${count}`);
  const left = side === "left" ? missing : 0;
  const around = <T>(values: readonly T[], filler: T): T[] => [
    ...Array<T>(left).fill(filler),
    ...values,
    ...Array<T>(missing - left).fill(filler),
  ];
  let { weights } = grid;
  if (weights) {
    const wider = new Float32Array(length * length);
    for (let row = 0; row < count; row++) {
      wider.set(weights.subarray(row * count, (row + 1) * count), (row + left) * length + left);
    }
    weights = wider;
  }
  return {
    ...grid,
    tokens: around(grid.tokens, token),
    present: around(grid.present, false),
    ...(weights && { weights }),
  };
}

/** The token that padding is shown as: the tokenizer's own, or the end token, which takes its place then. */
export function paddingToken(
  { padToken, eosToken }: { readonly padToken?: string; readonly eosToken?: string },
): string {
  return padToken ?? eosToken ?? "<pad>";
}
