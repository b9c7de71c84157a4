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
   * Builds the trie.
   * @param texts each token's bytes; undefined for tokens that a constraint never allows: special and added
   *   ones, and those without bytes
   * @param size number of ids that a model chooses among, at least the number of texts
   */
  constructor(readonly texts: readonly (Uint8Array | undefined)[], readonly size: number = texts.length) {
    const order = sorted(texts);
    let count = 0;
    let previous = "";
    for (const { key } of order) {
      count += key.length - common(previous, key);
      previous = key;
    }
    this.bytes = new Uint8Array(count);
    this.depths = new Uint16Array(count);
    this.ends = new Uint32Array(count);
    this.tokens = new Int32Array(count).fill(-1);
    this.twins = new Int32Array(size).fill(-1);
    this.longest = order.reduce((most, { key }) => Math.max(most, key.length), 0);
    const path: number[] = [];
    let at = 0;
    previous = "";
    for (const { key, id } of order) {
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
}

/** The tokens that have bytes, in the order of these; prefixes come first. */
function sorted(texts: readonly (Uint8Array | undefined)[]): readonly { key: string; id: number }[] {
  // One UTF-16 unit a byte, and behind a zero the id: the engine sorts such texts fast.
  const keys: string[] = [];
  texts.forEach((bytes, id) => {
    if (!bytes || bytes.length === 0) return;
    let key = "";
    for (const byte of bytes) key += String.fromCharCode(byte + 1);
    keys.push(`${key}\0${id}`);
  });
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
