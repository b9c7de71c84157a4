import { DataError } from "../base/errors.ts";

/** The contents of a picture: rows are the attending tokens, columns the attended ones. */
export interface TokenGrid {
  /** The tokens as in the vocabulary, padding included. */
  readonly tokens: readonly string[];
  /** True for each token of the prompt; the others are padding. */
  readonly present: readonly boolean[];
  /** Attention weights, [tokens, tokens], if they are to be shown. */
  readonly weights?: Float32Array;
  /** Description of the weights: `layer 2, head 0`. */
  readonly weightsOf?: string;
}

/** Kinds of cells. */
export type CellKind = "masked" | "padding" | "diagonal" | "allowed";

/**
 * True if token `row` attends to token `column`: an earlier token or itself, but not padding. This is
 * transformers' mask.
 */
export function sees(grid: TokenGrid, row: number, column: number): boolean {
  return column <= row && grid.present[column];
}

/** The kind of the cell of token `row` and token `column`; what padding hides is `padding`. */
export function cellKind(grid: TokenGrid, row: number, column: number): CellKind {
  if (!grid.present[column]) return "padding";
  if (column > row) return "masked";
  return column === row ? "diagonal" : "allowed";
}

/** The weight of a cell, from 0 to 1. */
export function weightAt({ weights, tokens }: TokenGrid, row: number, column: number): number {
  return weights![row * tokens.length + column];
}

/** A token's row of the mask: 1 where it attends. */
export function maskRow(grid: TokenGrid, row: number): (0 | 1)[] {
  return grid.tokens.map((_, column) => sees(grid, row, column) ? 1 : 0);
}

/**
 * Pads a grid.
 * @param length final number of tokens
 * @param token name of the padding token
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

/** The token shown as padding: the tokenizer's own, or else the end token. */
export function paddingToken(
  { padToken, eosToken }: { readonly padToken?: string; readonly eosToken?: string },
): string {
  return padToken ?? eosToken ?? "<pad>";
}
