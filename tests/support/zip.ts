import { crc32, deflateRawSync } from "node:zlib";

/** A zip archive of one deflated file, like Deno's releases. */
export function zipOf(name: string, content: Uint8Array): Uint8Array {
  const data = deflateRawSync(content);
  const encodedName = new TextEncoder().encode(name);
  // Both headers share the fields from "version needed" to "extra length".
  const shared = new Uint8Array(26);
  const view = new DataView(shared.buffer);
  view.setUint16(0, 20, true); // version needed
  view.setUint16(4, 8, true); // deflate
  view.setUint32(10, crc32(content), true);
  view.setUint32(14, data.length, true);
  view.setUint32(18, content.length, true);
  view.setUint16(22, encodedName.length, true);
  const local = [0x50, 0x4b, 3, 4, ...shared, ...encodedName];
  const unixFile = [0, 0, 0, 0, 0, 0, 0, 0, 0xed, 0x81, 0, 0, 0, 0]; // mode 0755, offset 0
  const central = [0x50, 0x4b, 1, 2, 20, 3, ...shared, ...unixFile, ...encodedName];
  const end = new Uint8Array(22);
  const endView = new DataView(end.buffer);
  end.set([0x50, 0x4b, 5, 6]);
  endView.setUint16(8, 1, true);
  endView.setUint16(10, 1, true);
  endView.setUint32(12, central.length, true);
  endView.setUint32(16, local.length + data.length, true);
  return Uint8Array.from([...local, ...data, ...central, ...end]);
}
