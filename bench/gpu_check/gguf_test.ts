import { assert, assertEquals } from "@std/assert";
import { writeGguf } from "./gguf.ts";
import { SHAPES, withLayers } from "./model.ts";

/** Reads what a GGUF file says of its tensors, apart from the writer. */
function readGguf(
  bytes: Uint8Array,
): { name: string; shape: number[]; type: number; offset: number }[] & { data: number } {
  const view = new DataView(bytes.buffer);
  let at = 0;
  const u32 = () => view.getUint32((at += 4) - 4, true);
  const u64 = () => Number(view.getBigUint64((at += 8) - 8, true));
  const string = () => {
    const length = u64();
    return new TextDecoder().decode(bytes.subarray(at, at += length));
  };
  const value = (kind: number): void => {
    if (kind === 8) string();
    else if (kind !== 9) at += 4;
    else for (let [kind, count] = [u32(), u64()]; count > 0; count--) value(kind);
  };
  assertEquals([u32(), u32()], [0x46554747, 3]);
  const [tensors, fields] = [u64(), u64()];
  for (let i = 0; i < fields; i++) {
    assert(/^(general|llama|tokenizer)\./.test(string()));
    value(u32());
  }
  const found = Array.from({ length: tensors }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  return Object.assign(found, { data: Math.ceil(at / 32) * 32 });
}

Deno.test("a GGUF file has every tensor, columns first, one after another to the file's end", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const [type, id, block, size] of [["f16", 1, 1, 2], ["q4_0", 2, 32, 18]] as const) {
      await writeGguf(path, withLayers(SHAPES.small, 2), type);
      const bytes = await Deno.readFile(path);
      const tensors = readGguf(bytes);
      assertEquals(tensors.length, 3 + 2 * 9);
      const byName = new Map(tensors.map((one) => [one.name, one]));
      assertEquals(byName.get("blk.1.ffn_down.weight")!.shape, [512, 256]);
      assertEquals(byName.get("blk.0.attn_k.weight")!.shape, [256, 128]);
      assertEquals(byName.get("output.weight")!.type, 1);
      let end = 0;
      for (const one of tensors) {
        const count = one.shape.reduce((product, n) => product * n);
        const float = /^(token_embd|output)\./.test(one.name);
        assertEquals([one.offset, one.type], [
          end,
          one.shape.length === 1 ? 0 : float ? 1 : id,
        ]);
        end +=
          Math.ceil((one.type === 0 ? 4 * count : one.type === 1 ? 2 * count : count / block * size) / 32) *
          32;
      }
      assertEquals(bytes.length, tensors.data + end);
    }
  } finally {
    await Deno.remove(path);
  }
});
