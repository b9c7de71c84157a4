/** Tokens and their ids. */
export interface Vocabulary {
  /** Number of tokens; ids may have holes and exceed it. */
  readonly size: number;
  /** Id of a token. */
  get(token: string): number | undefined;
  /** Token of an id; undefined in a hole and out of range. */
  tokenOf(id: number): string | undefined;
  /** All tokens. */
  keys(): Iterable<string>;
}

/** A vocabulary of existing strings. */
export class ListedVocabulary implements Vocabulary {
  /**
   * @param ids by token
   * @param tokens by id; holes are undefined
   */
  constructor(readonly ids: ReadonlyMap<string, number>, readonly tokens: readonly (string | undefined)[]) {}

  get size(): number {
    return this.ids.size;
  }

  get(token: string): number | undefined {
    return this.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.tokens[id];
  }

  keys(): Iterable<string> {
    return this.ids.keys();
  }
}
