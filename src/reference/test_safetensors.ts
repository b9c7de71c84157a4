/** A minimal safetensors reader for tests: one whole file to float64. */
export async function readTensors(url: URL): Promise<Map<string, Float64Array>> {
  const file = await Deno.readFile(url);
  const view = new DataView(file.buffer);
  const headerLength = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength)));
  delete header.__metadata__;
  const tensors = new Map<string, Float64Array>();
  for (const [name, entry] of Object.entries<{ dtype: string; data_offsets: [number, number] }>(header)) {
    const [size, read] = READERS[entry.dtype];
    const [begin, end] = entry.data_offsets.map((offset) => 8 + headerLength + offset);
    tensors.set(
      name,
      Float64Array.from({ length: (end - begin) / size }, (_, i) => read(view, begin + i * size)),
    );
  }
  return tensors;
}

const READERS: Record<string, [bytes: number, read: (view: DataView, at: number) => number]> = {
  F32: [4, (view, at) => view.getFloat32(at, true)],
  F16: [2, (view, at) => halfToNumber(view.getUint16(at, true))],
  BF16: [2, (view, at) => bfloatToNumber(view.getUint16(at, true))],
};

function halfToNumber(bits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** bfloat16 is the upper half of a float32. */
function bfloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

/** Every tensor of a checkpoint's folder: the single file, or all shards of the index. */
export async function readCheckpoint(folder: URL): Promise<Map<string, Float64Array>> {
  const index = await Deno.readTextFile(new URL("model.safetensors.index.json", folder)).catch(() =>
    undefined
  );
  const files = index ? new Set<string>(Object.values(JSON.parse(index).weight_map)) : ["model.safetensors"];
  const parts = await Promise.all([...files].map((file) => readTensors(new URL(file, folder))));
  return new Map(parts.flatMap((part) => [...part]));
}
