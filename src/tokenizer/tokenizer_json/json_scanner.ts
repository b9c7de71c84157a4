import { grown } from "../models/grown.ts";
import { hashByte } from "../models/token_table.ts";
import { writeCodePoint } from "../../base/utf8.ts";

export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const SPACES = 0x20202020;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The character after a backslash, and the byte it encodes. */
const escapes = new Map(
  [...'"\\/bfnrt'].map((name, k) => [name.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(k)]),
);
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Scans JSON bytes without creating values. Methods return false, or −1, if the text does not match; they give no
 * reason, as another reader explains errors. UTF-8 is not validated.
 */
export class JsonScanner {
  /** Current offset. */
  at = 0;
  /** The string read last in UTF-8: bytes `from` to `to` of `source`, and their hash. Valid until the next one. */
  source: Uint8Array;
  from = 0;
  to = 0;
  hash = 0;
  #view: DataView;
  #unescaped = new Uint8Array(256);

  constructor(readonly bytes: Uint8Array) {
    this.source = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Skips white space; returns the byte after it, undefined at the end. */
  blank(): number | undefined {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at];
    const last = bytes.length - 5;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      // Skips indentation four bytes at a time.
      if (byte === 0x0a) { while (at < last && this.#view.getInt32(at + 1) === SPACES) at += 4; }
      byte = bytes[++at];
    }
    this.at = at;
    return byte;
  }

  /** Consumes a byte outside strings and numbers. */
  take(byte: number): boolean {
    if (this.blank() !== byte) return false;
    this.at++;
    return true;
  }

  /** Skips members until the key, and stops at its value. */
  seek(wanted: string): boolean {
    while (this.string()) {
      const key = this.to - this.from > 40 ? "" : utf8.decode(this.source.subarray(this.from, this.to));
      if (!this.take(COLON)) return false;
      this.blank();
      if (key === wanted) return true;
      if (!this.skip() || !this.take(COMMA)) return false;
    }
    return false;
  }

  /** Skips a value of any kind, without validation: only counts brackets. */
  skip(): boolean {
    for (let depth = 0;;) {
      const byte = this.blank();
      if (byte === undefined) return false;
      if (byte === QUOTE) {
        if (!this.string()) return false;
        continue;
      }
      const closes = byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
      if (depth === 0 && (closes || byte === COMMA)) return true;
      if (closes) depth--;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      this.at++;
    }
  }

  /** Reads a string. */
  string(): boolean {
    if (this.blank() !== QUOTE) return false;
    const { bytes } = this;
    const from = this.at + 1;
    let at = from;
    let hash = 0;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === BACKSLASH) return this.#escaped(from);
      if (!(byte >= 0x20)) return false;
      hash = hashByte(hash, byte);
    }
    this.source = bytes;
    this.from = from;
    this.to = at;
    this.hash = hash;
    this.at = at + 1;
    return true;
  }

  /** Reads a string with escapes into a buffer. */
  #escaped(at: number): boolean {
    const { bytes } = this;
    let to = 0;
    let hash = 0;
    for (let byte = bytes[at++]; byte !== QUOTE; byte = bytes[at++]) {
      if (!(byte >= 0x20)) return false;
      if (to + 4 > this.#unescaped.length) this.#unescaped = grown(this.#unescaped);
      const start = to;
      if (byte !== BACKSLASH) this.#unescaped[to++] = byte;
      else if (bytes[at] === 0x75) {
        let code = hex(bytes, at + 1);
        at += 5;
        if (code >> 10 === 0x36 && bytes[at] === BACKSLASH && bytes[at + 1] === 0x75) {
          const low = hex(bytes, at + 2);
          if (low >> 10 !== 0x37) return false;
          code = 0x10000 + ((code & 0x3ff) << 10 | low & 0x3ff);
          at += 6;
        }
        if (code < 0 || code >> 11 === 0x1b) return false;
        to = writeCodePoint(code, this.#unescaped, to);
      } else {
        const meant = escapes.get(bytes[at++]);
        if (meant === undefined) return false;
        this.#unescaped[to++] = meant;
      }
      for (let k = start; k < to; k++) hash = hashByte(hash, this.#unescaped[k]);
    }
    this.source = this.#unescaped;
    this.from = 0;
    this.to = to;
    this.hash = hash;
    this.at = at;
    return true;
  }

  /** Reads a plain integer below 10^9, or −1. */
  integer(): number {
    const { bytes } = this;
    let digit = (this.blank() ?? 0) - 0x30;
    let at = this.at;
    const start = at;
    let value = 0;
    while (digit >= 0 && digit <= 9 && value < 1e8) {
      value = value * 10 + digit;
      digit = bytes[++at] - 0x30;
    }
    this.at = at;
    const leadingZero = value >= 0 && bytes[start] === 0x30 && at > start + 1;
    return at === start || leadingZero ? -1 : value;
  }
}

/** Four hexadecimal digits, or −1. */
function hex(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (const end = at + 4; at < end; at++) {
    const byte = bytes[at];
    const letter = (byte | 0x20) - 0x61;
    if (byte >= 0x30 && byte <= 0x39) value = value << 4 | byte - 0x30;
    else if (letter >= 0 && letter < 6) value = value << 4 | letter + 10;
    else return -1;
  }
  return value;
}
