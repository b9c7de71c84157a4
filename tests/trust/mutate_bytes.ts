import type { Random } from "../../src/base/random.ts";

const ODD = [0, 1, 0x0a, 0x20, 0x22, 0x2c, 0x5b, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff];

/**
 * Bytes with one change: a flipped bit, an odd byte, a piece removed, doubled or moved, the end cut off, a
 * few bytes more.
 */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.below(256));
  const at = random.below(bytes.length);
  const length = 1 + random.below(Math.min(32, bytes.length - at));
  const [head, piece, tail] = [
    bytes.subarray(0, at),
    bytes.subarray(at, at + length),
    bytes.subarray(at + length),
  ];
  switch (random.below(7)) {
    case 0:
      return joined(head, [bytes[at] ^ 1 << random.below(8)], bytes.subarray(at + 1));
    case 1:
      return joined(head, [random.of(ODD)], bytes.subarray(at + 1));
    case 2:
      return joined(head, tail);
    case 3:
      return joined(head, piece, piece, tail);
    case 4:
      return joined(piece, head, tail);
    case 5:
      return head.slice();
    default:
      return joined(head, random.some(1, 12, () => random.of(ODD)), bytes.subarray(at));
  }
}

/** Concatenates pieces. */
export function joined(...pieces: (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
