import { DataError } from "../../base/errors.ts";

/** One field of a protobuf message: its number and its value by wire type. */
export type ProtoField =
  | { number: number; kind: "varint"; value: number; at: number }
  | { number: number; kind: "fixed32"; value: number; at: number }
  | { number: number; kind: "fixed64"; at: number }
  | { number: number; kind: "bytes"; value: Uint8Array; at: number };

/**
 * Reads a protobuf message's fields in order.
 *
 * @param offset where `bytes` begin in the file, for messages.
 * @throws DataError naming the offset of a field that is truncated, too long or of an unknown wire type.
 */
export function* protoFields(bytes: Uint8Array, file: string, offset = 0): Generator<ProtoField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const fail = (where: number, expected: string, got: string): never => {
    throw new DataError(`${file}: offset ${offset + where}: expected ${expected}, got ${got}`);
  };
  const varint = (): number => {
    const start = at;
    let value = 0;
    let scale = 1;
    for (let length = 1; length <= 10; length++) {
      if (at >= bytes.length) fail(start, "a varint", "the end of the data");
      const byte = bytes[at++];
      value += (byte & 0x7f) * scale;
      scale *= 128;
      // Ten bytes encode a negative number; the only one in models is −1.
      if (byte < 0x80) return length === 10 ? -1 : value;
    }
    return fail(start, "a varint of at most 10 bytes", "a longer one");
  };
  const need = (length: number, start: number): void => {
    if (length > bytes.length - at) fail(start, `${length} bytes`, `${bytes.length - at}`);
  };
  while (at < bytes.length) {
    const start = at;
    const key = varint();
    const number = Math.floor(key / 8);
    if (number === 0 || number > 0x1fffffff) fail(start, "a field number from 1", `${number}`);
    switch (key % 8) {
      case 0:
        yield { number, kind: "varint", value: varint(), at: offset + start };
        break;
      case 1:
        need(8, start);
        at += 8;
        yield { number, kind: "fixed64", at: offset + start };
        break;
      case 2: {
        const length = varint();
        if (length < 0) fail(start, "a length from 0", `${length}`);
        need(length, start);
        at += length;
        yield { number, kind: "bytes", value: bytes.subarray(at - length, at), at: offset + at - length };
        break;
      }
      case 5:
        need(4, start);
        at += 4;
        yield { number, kind: "fixed32", value: view.getFloat32(at - 4, true), at: offset + start };
        break;
      default:
        fail(start, "a known wire type", `${key % 8}`);
    }
  }
}
