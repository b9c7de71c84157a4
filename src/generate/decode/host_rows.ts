import type { KvShape } from "../../model/kv/kv_buffers.ts";
import type { KvPart } from "../../model/kv/kv_transfer.ts";
import { kvRowBytes } from "../../ops/kv_layer.ts";
import { alike, type PromptKey } from "./slot_contents.ts";
import type { PromptRows } from "./slot_table.ts";

const PARTS: readonly KvPart[] = ["keys", "values"];

/** A prompt's rows in host memory. */
interface Entry extends PromptKey {
  readonly bytes: number;
  /** By layer, keys then values: [kv heads, ids] rows as stored. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
}

/** Host memory for the rows of prompts that have lost their slot; the oldest give way to new ones. */
export class HostRows {
  /** The least recently used first. */
  #entries: Entry[] = [];
  /** Bytes in use. */
  bytes = 0;

  /** Bytes of one head at one position. */
  readonly #rowBytes: number;

  /** @param limit most bytes in use */
  constructor(readonly shape: KvShape, readonly limit: number) {
    this.#rowBytes = kvRowBytes(shape.headDim, shape.dtype);
  }

  /** Number of prompts. */
  get entries(): number {
    return this.#entries.length;
  }

  /** Number of leading rows that a prompt can reuse; never all, as its last token must run. */
  held(prompt: PromptKey): number {
    return this.#best(prompt).rows;
  }

  /** Notes that a prompt is about to be taken: others give way first. */
  touch(prompt: PromptKey): void {
    const { entry } = this.#best(prompt);
    if (entry) this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
  }

  /** The rows that a prompt can reuse. */
  take(prompt: PromptKey): PromptRows {
    const { entry, rows } = this.#best(prompt);
    if (!entry) throw new RangeError("no rows of this prompt");
    return {
      ids: entry.ids.slice(0, rows),
      regime: entry.regime,
      salt: entry.salt,
      read: (layer, part) => {
        const all = entry.parts[layer * 2 + PARTS.indexOf(part)];
        return Promise.resolve(firstBytes(all, entry.ids.length * this.#rowBytes, rows * this.#rowBytes));
      },
    };
  }

  /** Stores rows, unless they are there or larger than the limit. Makes room before it reads them. */
  async keep(rows: PromptRows): Promise<void> {
    const { ids, regime, salt = "" } = rows;
    const { kvHeads, layers } = this.shape;
    const bytes = ids.length * layers * 2 * kvHeads * this.#rowBytes;
    const known = this.#entries.map((entry) => ({ entry, rows: common(entry, { ids, regime, salt }) }));
    if (bytes > this.limit || known.some((one) => one.rows === ids.length)) return;
    // Those that are a part of the new one go first.
    for (const { entry, rows } of known) if (rows === entry.ids.length) this.#drop(entry);
    while (this.bytes + bytes > this.limit) this.#drop(this.#entries[0]);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let layer = 0; layer < layers; layer++) {
      for (const part of PARTS) parts.push(await rows.read(layer, part));
    }
    this.#entries.push({ ids: [...ids], regime, salt, bytes, parts });
    this.bytes += bytes;
  }

  #drop(entry: Entry): void {
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.bytes -= entry.bytes;
  }

  #best(prompt: PromptKey): { entry?: Entry; rows: number } {
    return this.#entries.reduce<{ entry?: Entry; rows: number }>((best, entry) => {
      const rows = Math.min(common(entry, prompt), prompt.ids.length - 1);
      return rows > best.rows ? { entry, rows } : best;
    }, { rows: 0 });
  }
}

/** Number of leading ids that two prompts share; none if their rows differ. */
function common(a: PromptKey, b: PromptKey): number {
  if (a.regime !== b.regime || a.salt !== b.salt) return 0;
  return alike(a.ids, b.ids, Math.min(a.ids.length, b.ids.length));
}

/** The first `width` bytes of each stretch of `stride`. */
function firstBytes(all: Uint8Array<ArrayBuffer>, stride: number, width: number): Uint8Array<ArrayBuffer> {
  if (width === stride) return all;
  const heads = all.length / stride;
  const bytes = new Uint8Array(heads * width);
  for (let head = 0; head < heads; head++) {
    bytes.set(all.subarray(head * stride, head * stride + width), head * width);
  }
  return bytes;
}
