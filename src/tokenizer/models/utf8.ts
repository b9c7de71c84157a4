/**
 * Writes a code point in UTF-8 and returns where the next one goes. What does not fit is left out, as a typed array
 * does it.
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
