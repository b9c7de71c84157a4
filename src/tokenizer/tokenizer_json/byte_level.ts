/** GPT-2's alphabet: a printable character for each byte; UTF-16 unit of the character by byte. */
const byteToUnit: Uint16Array = new Uint16Array(256);
/** The byte of a character of the alphabet, or −1; the index is the UTF-16 unit, below 0x144. */
const unitToByte = new Int16Array(0x144).fill(-1);

let spare = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  byteToUnit[byte] = printable ? byte : spare++;
  unitToByte[byteToUnit[byte]] = byte;
}

/** Number of UTF-8 bytes of a code point (a lone surrogate becomes U+FFFD, three bytes). */
function utf8Length(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** The text's UTF-8 bytes written in the alphabet, one character per byte. */
export function toByteAlphabet(text: string): string {
  let out = "";
  let plain = 0;
  for (; plain < text.length; plain++) {
    const unit = text.charCodeAt(plain);
    if (unit > 0x7e) break;
    out += unit > 0x20 ? text[plain] : String.fromCharCode(byteToUnit[unit]);
  }
  if (plain === text.length) return out;
  for (const byte of new TextEncoder().encode(text.slice(plain))) {
    out += String.fromCharCode(byteToUnit[byte]);
  }
  return out;
}

/** For each byte of the text's UTF-8, the first UTF-16 unit of its character and the end of it. */
export function byteOrigins(text: string): { starts: number[]; ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let i = 0; i < text.length;) {
    const codePoint = text.codePointAt(i) as number;
    const width = codePoint > 0xffff ? 2 : 1;
    for (let k = utf8Length(codePoint); k > 0; k--) {
      starts.push(i);
      ends.push(i + width);
    }
    i += width;
  }
  return { starts, ends };
}

/** The bytes of a token: decoded from the alphabet, or the token's own UTF-8 if a character is not in the alphabet. */
export function fromByteAlphabet(token: string): Uint8Array | number[] {
  const bytes: number[] = [];
  for (let i = 0; i < token.length; i++) {
    const unit = token.charCodeAt(i);
    const byte = unit < unitToByte.length ? unitToByte[unit] : -1;
    if (byte === -1) return new TextEncoder().encode(token);
    bytes.push(byte);
  }
  return bytes;
}
