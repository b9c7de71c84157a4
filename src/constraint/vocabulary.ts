/**
 * The byte strings of a vocabulary as one flat trie in preorder: a walk steps through the nodes, or past a
 * subtree whose first byte does not match.
 */
export class Vocabulary {
  /** The byte of each node. */
  readonly bytes: Uint8Array;
  /** Depth of each node; children of the root have depth 0. */
  readonly depths: Uint16Array;
  /** The node behind each node's subtree. */
  readonly ends: Uint32Array;
  /** The token that ends at each node, -1 if none. */
  readonly tokens: Int32Array;
  /** Tokens with the same bytes as another one: for each token the next such token, -1 at the end. */
  readonly twins: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;

  /**
   * Builds the trie at once.
   * @param texts each token's bytes; undefined for tokens that a constraint never allows: special and added
   *   ones, and those without bytes
   * @param size number of ids that a model chooses among, at least the number of texts
   */
  constructor(
    readonly texts: readonly (Uint8Array | undefined)[],
    readonly size: number = texts.length,
    sorted: readonly Sorted[] = inOrder(texts.entries()),
  ) {
    let count = 0;
    let previous = "";
    for (const { key } of sorted) {
      count += key.length - common(previous, key);
      previous = key;
    }
    this.bytes = new Uint8Array(count);
    this.depths = new Uint16Array(count);
    this.ends = new Uint32Array(count);
    this.tokens = new Int32Array(count).fill(-1);
    this.twins = new Int32Array(size).fill(-1);
    this.longest = sorted.reduce((most, { key }) => Math.max(most, key.length), 0);
    const path: number[] = [];
    let at = 0;
    previous = "";
    for (const { key, id } of sorted) {
      const shared = common(previous, key);
      for (const node of path.splice(shared)) this.ends[node] = at;
      for (let depth = shared; depth < key.length; depth++) {
        this.bytes[at] = key.charCodeAt(depth) - 1;
        this.depths[at] = depth;
        path.push(at++);
      }
      const node = path[path.length - 1];
      this.twins[id] = this.tokens[node];
      this.tokens[node] = id;
      previous = key;
    }
    for (const node of path) this.ends[node] = at;
  }

  /**
   * Builds the trie in slices, so that other work goes on.
   * @param textOf the bytes of a token, as the constructor's `texts`
   * @param size number of ids
   * @param rest waits for other work
   */
  static async build(
    textOf: (id: number) => Uint8Array | undefined,
    size: number,
    rest: () => Promise<void>,
  ): Promise<Vocabulary> {
    const texts: (Uint8Array | undefined)[] = [];
    const byFirst = new Map<number, [id: number, text: Uint8Array | undefined][]>();
    for (let id = 0; id < size; id++) {
      const text = textOf(id);
      texts.push(text);
      const first = text?.[0] ?? -1;
      if (!byFirst.has(first)) byFirst.set(first, []);
      byFirst.get(first)!.push([id, text]);
      if (id % SLICE === SLICE - 1) await rest();
    }
    const sorted: Sorted[][] = [];
    let since = 0;
    for (const first of [...byFirst.keys()].toSorted((a, b) => a - b)) {
      const tokens = byFirst.get(first)!;
      sorted.push(inOrder(tokens));
      since += tokens.length;
      if (since < SLICE) continue;
      since = 0;
      await rest();
    }
    return new Vocabulary(texts, size, sorted.flat());
  }
}

/** Tokens worked on between two rests. */
const SLICE = 8192;

/** A token's bytes, each as a UTF-16 unit greater by one. */
interface Sorted {
  readonly key: string;
  readonly id: number;
}

/** The tokens that have bytes, in the order of these; prefixes come first. */
function inOrder(texts: Iterable<[id: number, text: Uint8Array | undefined]>): Sorted[] {
  // Behind a zero the id: the engine sorts texts faster than objects.
  const keys: string[] = [];
  for (const [id, bytes] of texts) {
    if (!bytes || bytes.length === 0) continue;
    let key = "";
    for (const byte of bytes) key += String.fromCharCode(byte + 1);
    keys.push(`${key}\0${id}`);
  }
  return keys.sort().map((entry) => {
    const end = entry.indexOf("\0");
    return { key: entry.slice(0, end), id: Number(entry.slice(end + 1)) };
  });
}

/** Length of the common prefix. */
function common(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let i = 0;
  while (i < most && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}
