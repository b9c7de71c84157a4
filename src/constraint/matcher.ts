import { Automaton } from "./automaton/automaton.ts";
import type { Mask, Masks } from "./masks.ts";

/** Follows one sequence through a grammar, token by token. */
export class Matcher {
  readonly #automaton: Automaton;
  #state: number;

  /** A matcher before the first token. */
  constructor(readonly masks: Masks, automaton: Automaton = new Automaton(masks.grammar)) {
    this.#automaton = automaton;
    this.#state = this.#automaton.start;
  }

  /** A matcher at the same place, which goes its own way. */
  copy(): Matcher {
    const copy = new Matcher(this.masks, this.#automaton);
    copy.#state = this.#state;
    return copy;
  }

  /** The tokens allowed next, without the end tokens. */
  mask(): Mask {
    return this.masks.of(this.#automaton, this.#state);
  }

  /** True if the text may end here. */
  get mayEnd(): boolean {
    return this.#automaton.accepts(this.#state);
  }

  /** True if the text must end here: it matches, and no byte can follow. */
  get mustEnd(): boolean {
    return this.#automaton.ends(this.#state);
  }

  /**
   * Goes past a token.
   * @returns false if it is not allowed; the matcher stays where it was then
   */
  take(token: number): boolean {
    const text = this.masks.vocabulary.texts[token];
    return text !== undefined && text.length > 0 && this.takeBytes(text);
  }

  /** Goes past bytes, as {@link take} does. */
  takeBytes(bytes: Uint8Array): boolean {
    const state = this.#automaton.walk(this.#state, bytes);
    if (state < 0) return false;
    this.#state = state;
    return true;
  }
}
