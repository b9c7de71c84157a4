import { DataError } from "../../base/errors.ts";
import type { Edit } from "./span.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * SentencePiece's precompiled normalization rules: a Darts double-array trie over UTF-8 whose leaves point at
 * NUL-terminated replacements. Layout: u32 size of the trie in bytes, the trie (u32 units), the replacements.
 */
export class Charsmap {
  #units: Uint32Array;
  #replacements: Uint8Array;

  constructor(units: Uint32Array, replacements: Uint8Array) {
    this.#units = units;
    this.#replacements = replacements;
  }

  /** The longest rule that matches at `start`: the number of bytes it covers and their replacement. */
  longest(bytes: Uint8Array, start: number): { length: number; text: Uint8Array } | undefined {
    const rule = this.#walk(bytes, start, bytes.length, false);
    return rule;
  }

  #walk(
    bytes: Uint8Array,
    start: number,
    end: number,
    shortest: boolean,
  ): { length: number; text: Uint8Array } | undefined {
    const units = this.#units;
    let found: { length: number; text: Uint8Array } | undefined;
    let node = 0;
    let unit = units[0];
    node ^= offsetOf(unit);
    for (let i = start; i < end; i++) {
      node ^= bytes[i];
      if (node >= units.length) break;
      unit = units[node];
      if ((unit & 0x800000ff) >>> 0 !== bytes[i]) break;
      node ^= offsetOf(unit);
      if (node >= units.length) break;
      if (((unit >>> 8) & 1) === 1) {
        found = { length: i + 1 - start, text: this.#replacement(units[node] & 0x7fffffff) };
        if (shortest) break;
      }
    }
    return found;
  }

  #replacement(offset: number): Uint8Array {
    const end = this.#replacements.indexOf(0, offset);
    return this.#replacements.subarray(offset, end === -1 ? this.#replacements.length : end);
  }

  /**
   * The edits of tokenizers' Precompiled: each grapheme cluster of fewer than six bytes is looked up as a whole (its
   * shortest matching prefix decides), then each of its characters.
   */
  graphemeEdits(text: string): Edit[] {
    const edits: Edit[] = [];
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    for (const { segment, index } of segmenter.segment(text)) {
      const bytes = encoder.encode(segment);
      if (bytes.length < 6) {
        const rule = this.#walk(bytes, 0, bytes.length, true);
        if (rule !== undefined) {
          edits.push({ start: index, end: index + segment.length, text: decoder.decode(rule.text) });
          continue;
        }
      }
      let start = index;
      for (const character of segment) {
        const single = encoder.encode(character);
        const rule = this.#walk(single, 0, single.length, true);
        if (rule !== undefined) {
          edits.push({ start, end: start + character.length, text: decoder.decode(rule.text) });
        }
        start += character.length;
      }
    }
    return edits;
  }
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

/** Reads a charsmap blob. @throws DataError if the trie is larger than the blob. */
export function parseCharsmap(blob: Uint8Array, where: string): Charsmap {
  if (blob.length < 4) {
    throw new DataError(`${where}: expected a charsmap of 4 bytes or more, got ${blob.length}`);
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const size = view.getUint32(0, true);
  if (size > blob.length - 4 || size % 4 !== 0 || size === 0) {
    throw new DataError(`${where}: offset 0: expected a trie within ${blob.length - 4} bytes, got ${size}`);
  }
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + i * 4, true));
  return new Charsmap(units, blob.subarray(4 + size));
}
