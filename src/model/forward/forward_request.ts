import type { KvBuffers } from "../kv/kv_buffers.ts";

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
  /** Additive mask, [rows, keyCount]; default: causal. */
  readonly mask?: Float32Array<ArrayBuffer>;
  /** True if the mask may let a token attend to later ones: sequences are then never split. */
  readonly looksAhead?: boolean;
  /** Number of keys that a mask and the attention weights span. */
  readonly keyCount: number;
  /** Length of the whole sequence, if longer than these rows; determines the rotary frequencies. */
  readonly length?: number;
  readonly kv: KvBuffers;
  /** Name of the head to apply to the `keep` rows. */
  readonly head?: string;
  /** Rows to apply the head to; default: all. */
  readonly keep?: readonly number[];
  readonly outputHiddenStates?: boolean;
  readonly outputAttentions?: boolean;
  /** Returns the final norm of every row. */
  readonly outputLast?: boolean;
}
