/** A minimal safetensors reader for tests: reads a whole file as float64. */
async function readTensors(url: URL): Promise<Map<string, Float64Array>> {
  const { buffer } = await Deno.readFile(url);
  const headerLength = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerLength)));
  delete header.__metadata__;
  const tensors = new Map<string, Float64Array>();
  for (const [name, entry] of Object.entries<{ dtype: string; data_offsets: [number, number] }>(header)) {
    const [begin, end] = entry.data_offsets.map((offset) => 8 + headerLength + offset);
    tensors.set(name, Float64Array.from(READERS[entry.dtype](buffer.slice(begin, end))));
  }
  return tensors;
}

const READERS: Record<string, (bytes: ArrayBuffer) => ArrayLike<number>> = {
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => new Float16Array(bytes),
  // A bfloat16 is the upper half of a float32.
  BF16: (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer),
};

/** Every tensor of a checkpoint's folder: the single file, or all shards of the index. */
export async function readCheckpoint(folder: URL): Promise<Map<string, Float64Array>> {
  const index = await Deno.readTextFile(new URL("model.safetensors.index.json", folder)).catch(() =>
    undefined
  );
  const files = index ? new Set<string>(Object.values(JSON.parse(index).weight_map)) : ["model.safetensors"];
  const parts = await Promise.all([...files].map((file) => readTensors(new URL(file, folder))));
  return new Map(parts.flatMap((part) => [...part]));
}
