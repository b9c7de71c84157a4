import { DataError } from "../../base/errors.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { Mask } from "../../constraint/masks.ts";
import type { Matcher } from "../../constraint/matcher.ts";

/** Most steps to run with one mask before the next look. */
const MOST_STAY = 8;

/** The tokens that one state of a sequence allows. */
interface Permission {
  readonly mask: Mask;
  readonly ends: boolean;
}

/** A sequence that is held to a language: the tokens that it may choose next. */
export class Held {
  readonly #matcher: Matcher;
  /** The permission that the device has. */
  #written: Permission | undefined;
  /**
   * Steps to run with the present mask: more while it stays the same, as inside a string, because the steps after a
   * change are in vain.
   */
  stay = 1;

  /**
   * @param endIds tokens that end the sequence, allowed where the text may end
   * @throws DataError if no token can begin the text
   */
  constructor(constraint: CompiledConstraint, readonly endIds: readonly number[]) {
    this.#matcher = constraint.start();
    this.#permission(true);
  }

  /**
   * The bitmap of blocked tokens, ceil(vocabulary / 32) words; undefined if it is the one that was given last.
   * @param mayEnd false if the options do not allow the end yet
   */
  blocked(mayEnd: boolean): Uint32Array<ArrayBuffer> | undefined {
    const permission = this.#permission(mayEnd);
    if (same(permission, this.#written)) return undefined;
    this.#written = permission;
    return this.#wordsOf(permission);
  }

  /** The logits with those of blocked tokens at -infinity. */
  masked(logits: Float32Array, mayEnd: boolean): Float32Array {
    const words = this.#wordsOf(this.#permission(mayEnd));
    return logits.map((value, id) => words[id >>> 5] >>> (id & 31) & 1 ? -Infinity : value);
  }

  /**
   * Goes past a chosen token.
   * @param mayEnd as in {@link blocked}, for the next token
   * @returns true if the device may go on with the mask that it has
   * @throws DataError if no token can follow
   */
  take(token: number, mayEnd: boolean): boolean {
    if (this.endIds.includes(token)) return true;
    if (!this.#matcher.take(token)) throw new Error(`token ${token} is not allowed by the constraint`);
    const stays = same(this.#permission(mayEnd), this.#written);
    this.stay = stays ? Math.min(this.stay * 2, MOST_STAY) : 1;
    return stays;
  }

  /** True if the text is whole and nothing can follow, also not an end token. */
  get isWhole(): boolean {
    return this.#matcher.mustEnd && this.endIds.length === 0;
  }

  /** The bitmap of blocked tokens. */
  #wordsOf({ mask: { bits }, ends }: Permission): Uint32Array<ArrayBuffer> {
    const words = bits.map((word) => ~word);
    if (ends) { for (const id of this.endIds) words[id >>> 5] &= ~(1 << (id & 31)); }
    return words;
  }

  #permission(mayEnd: boolean): Permission {
    const mask = this.#matcher.mask();
    if (mask.count === 0 && !this.#matcher.mayEnd) {
      throw new DataError("the constraint needs a character that no token of the vocabulary has");
    }
    return { mask, ends: this.#matcher.mayEnd && (mayEnd || mask.count === 0) };
  }
}

function same(a: Permission, b: Permission | undefined): boolean {
  return a.mask === b?.mask && a.ends === b.ends;
}
