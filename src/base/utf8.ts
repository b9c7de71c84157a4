import { DataError } from "./errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Decodes strict UTF-8; keeps a byte order mark and NUL.
 * @param where name of the bytes, for the message
 * @param offset their position in the source, added to the position in the message
 * @throws DataError that names the first invalid byte
 */
export function decodeUtf8(bytes: Uint8Array, where: string, offset = 0): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const at = firstInvalid(bytes);
    const got = at < bytes.length
      ? [...bytes.subarray(at, at + 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")
      : "the end";
    throw new DataError(`${where}: expected UTF-8, got ${got} at byte ${offset + at}`);
  }
}

/** Offset of the first byte of the first invalid UTF-8 sequence (RFC 3629); the length if all are valid. */
export function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  // The second byte's range excludes overlong forms, surrogates and code points above U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1] < low || bytes[at + 1] > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * Writes a code point as UTF-8 and returns the offset after it. Bytes beyond the end of `into` are dropped, as in any
 * typed array.
 */
export function writeCodePoint(code: number, into: Uint8Array, at: number): number {
  if (code < 0x80) into[at++] = code;
  else {
    if (code < 0x800) into[at++] = 0xc0 | code >> 6;
    else {
      if (code < 0x10000) into[at++] = 0xe0 | code >> 12;
      else {
        into[at++] = 0xf0 | code >> 18;
        into[at++] = 0x80 | code >> 12 & 0x3f;
      }
      into[at++] = 0x80 | code >> 6 & 0x3f;
    }
    into[at++] = 0x80 | code & 0x3f;
  }
  return at;
}

/** Writes a text in UTF-8 to the start of a buffer: its length in bytes, or −1 if it has a lone surrogate. */
export function writeUtf8(text: string, into: Uint8Array): number {
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) as number;
    if (code > 0xffff) i++;
    else if (code >> 11 === 0x1b) return -1;
    at = writeCodePoint(code, into, at);
  }
  return at;
}
