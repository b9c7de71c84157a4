import type { DifferentialKind } from "./differential_kinds.ts";

/** How this program and the reference differ on a file. */
export type Difference = "only ours refuses" | "only the reference refuses" | "read otherwise";

/** A class of disagreement that is wanted. */
export interface Agreed {
  readonly kind: DifferentialKind["name"];
  readonly difference: Difference;
  /** What the message of the side that refuses says, or the first place that is read otherwise. */
  readonly says: RegExp;
  /** What must be in the file, where the message alone does not tell. */
  readonly file?: RegExp;
  readonly why: string;
}

/** Every disagreement with safetensors, sentencepiece, tokenizers and transformers that a user would agree with. */
export const AGREED: readonly Agreed[] = [];
