/**
 * Decodes new ids to new text; `push` may keep back text that could still change (as `StreamDecoder` does).
 */
export interface Decoder {
  push(ids: number[]): string;
  flush(): string;
}

/**
 * The text of one continuation as it is generated. A possible beginning of a stop string is held back until
 * it is decided; a stop string and the text after it are never output.
 */
export class TextStream {
  readonly #decoder: Decoder;
  readonly #stops: readonly string[];
  #held = "";
  #stop: string | undefined;

  constructor(decoder: Decoder, stops: readonly string[] = []) {
    this.#decoder = decoder;
    this.#stops = stops;
  }

  /** True once a stop string has matched: no more text follows. */
  get stopped(): boolean {
    return this.#stop !== undefined;
  }

  /** The stop string that has matched. */
  get stop(): string | undefined {
    return this.#stop;
  }

  /** Takes new ids; returns the text that is now certain. */
  push(ids: number[]): string {
    return this.stopped ? "" : this.#release(this.#decoder.push(ids), false);
  }

  /** Returns the held-back text, at the end of the ids. */
  flush(): string {
    return this.stopped ? "" : this.#release(this.#decoder.flush(), true);
  }

  #release(text: string, last: boolean): string {
    const all = this.#held + text;
    const found = this.#stops.map((stop) => ({ stop, at: all.indexOf(stop) })).filter(({ at }) => at >= 0);
    if (found.length > 0) {
      const first = found.reduce((a, b) => b.at < a.at ? b : a);
      this.#stop = first.stop;
      this.#held = "";
      return all.slice(0, first.at);
    }
    const kept = last ? 0 : Math.max(0, ...this.#stops.map((stop) => overlap(all, stop)));
    this.#held = all.slice(all.length - kept);
    return all.slice(0, all.length - kept);
  }
}

/** Length of the longest suffix of `text` that is a prefix of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
