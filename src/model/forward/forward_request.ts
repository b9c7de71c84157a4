import type { KeyValueCache } from "../kv/kv_buffers.ts";

/** One forward: `rows` tokens, sequence after sequence. */
export interface ForwardCall {
  readonly rows: readonly {
    readonly token: number;
    readonly slot: number;
    readonly cachePosition: number;
    /** Position for the rotary embedding. */
    readonly position: number;
  }[];
  /** Embeddings instead of tokens, [rows, hidden size]. */
  readonly embeddings?: Float32Array;
  /** Additive mask, [rows, keyCount]; causal without it. */
  readonly mask?: Float32Array<ArrayBuffer>;
  /** Whether the mask may let a token see later ones: sequences then stay whole whatever their length. */
  readonly looksAhead?: boolean;
  /** Keys that a mask and the attention weights span. */
  readonly keyCount: number;
  /** Positions that the whole sequence reaches, where that is more than these rows do: fixes the rotary frequencies. */
  readonly length?: number;
  readonly cache: KeyValueCache;
  /** A head by name: gives its results for the rows that `keep` names. */
  readonly head?: string;
  /** Rows whose head results are wanted; all without it. */
  readonly keep?: readonly number[];
  readonly outputHiddenStates?: boolean;
  readonly outputAttentions?: boolean;
  /** The final norm of every row. */
  readonly outputLast?: boolean;
}
