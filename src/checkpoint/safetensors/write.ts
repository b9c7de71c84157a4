import { join } from "../../base/paths.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { type NewFile, writeFilesAtomically } from "../files/atomic_files.ts";
import { DTYPE_BITS } from "../tensors/dtypes.ts";
import { onFile } from "../files/files.ts";

/** One tensor to write. */
export interface NewTensor {
  /** transformers' name. */
  readonly name: string;
  /** safetensors' dtype, e.g. `BF16`. */
  readonly dtype: string;
  /** Row-major shape. */
  readonly shape: readonly number[];
  /** Data, row-major and little-endian, in pieces of any size. */
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Options of {@linkcode writeCheckpoint}. */
export interface WriteOptions {
  /** Maximum data size of a file, in bytes or as text like `5GB`; default: 5 GB. A larger tensor gets its own file. */
  maxShardSize?: number | string;
  /** `__metadata__`; default: `{ format: "pt" }`, which transformers requires. */
  metadata?: Record<string, string>;
  /** Keeps the given order, for tensors that are computed from one another; the caller ensures their alignment. */
  keepOrder?: boolean;
  /** Files that belong to the weights (config.json), written in the same step: name → content. */
  otherFiles?: Readonly<Record<string, string | Uint8Array>>;
}

const INDEX = "model.safetensors.index.json";
const UNITS: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/**
 * Writes model.safetensors, or shards with an index under the names of transformers' save_pretrained, into a folder
 * (created if missing). An existing model is replaced only when all new files are complete.
 *
 * @throws EnvironmentError when the disk refuses; errors of a tensor's `chunks` propagate
 * @returns names of the weight files
 */
export async function writeCheckpoint(
  directory: string,
  tensors: Iterable<NewTensor>,
  options: WriteOptions = {},
): Promise<string[]> {
  const { metadata = { format: "pt" }, otherFiles = {}, keepOrder = false } = options;
  const shards = split([...tensors], shardSize(options.maxShardSize ?? "5GB"));
  const names = shards.map((_, i) => shardName(i, shards.length));
  const files: NewFile[] = shards.map((shard, i) =>
    safetensorsFile(join(directory, names[i]), keepOrder ? shard : aligned(shard), metadata)
  );
  const encoder = new TextEncoder();
  for (const [name, content] of Object.entries(otherFiles)) {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    files.push({ path: join(directory, name), chunks: () => [bytes] });
  }
  // Last: until then a reader of the folder finds the old model.
  if (shards.length > 1) {
    files.push({ path: join(directory, INDEX), chunks: () => [encoder.encode(indexText(shards, names))] });
  }
  await onFile(directory, () => Deno.mkdir(directory, { recursive: true }));
  await writeFilesAtomically(files);
  await removeStale(directory, names);
  return names;
}

function shardSize(size: number | string): number {
  const match = typeof size === "number" ? null : /^(\d+(?:\.\d+)?) ?([KMGT]B)$/i.exec(size.trim());
  const bytes = match === null ? Number(size) : Number(match[1]) * UNITS[match[2].toUpperCase()];
  if (bytes > 0) return bytes;
  throw new RangeError(`maxShardSize: expected a number of bytes above 0 or text like "5GB", got "${size}"`);
}

/** Fills one shard after another in the given order. */
function split(tensors: NewTensor[], limit: number): NewTensor[][] {
  const shards: NewTensor[][] = [];
  let current: NewTensor[] = [];
  let filled = 0;
  const names = new Set<string>();
  for (const tensor of tensors) {
    if (names.has(tensor.name)) throw new Error(`tensor ${tensor.name} is to be written twice`);
    names.add(tensor.name);
    const bytes = byteLength(tensor);
    if (bytes > limit) {
      shards.push([tensor]);
      continue;
    }
    if (filled + bytes > limit) {
      shards.push(current);
      current = [];
      filled = 0;
    }
    current.push(tensor);
    filled += bytes;
  }
  if (current.length > 0 || shards.length === 0) shards.push(current);
  return shards;
}

function shardName(index: number, count: number): string {
  const number = (value: number) => String(value).padStart(5, "0");
  return count === 1 ? "model.safetensors" : `model-${number(index + 1)}-of-${number(count)}.safetensors`;
}

/** The widest elements first, so that every tensor is aligned; then by name, as the reference does. */
function aligned(tensors: NewTensor[]): NewTensor[] {
  return tensors.toSorted((a, b) => DTYPE_BITS[b.dtype] - DTYPE_BITS[a.dtype] || (a.name < b.name ? -1 : 1));
}

/** One safetensors file with these tensors in this order, for {@linkcode writeFilesAtomically}. */
export function safetensorsFile(
  path: string,
  tensors: readonly NewTensor[],
  metadata: Record<string, string>,
): NewFile {
  return {
    path,
    async *chunks() {
      yield headerBytes(tensors, metadata);
      for (const tensor of tensors) yield* exactly(tensor);
    },
  };
}

function headerBytes(tensors: readonly NewTensor[], metadata: Record<string, string>): Uint8Array {
  const header: Record<string, unknown> = Object.create(null);
  header.__metadata__ = metadata;
  let end = 0;
  for (const tensor of tensors) {
    const begin = end;
    end += byteLength(tensor);
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  return bytes;
}

/** Yields the tensor's chunks and checks its length: a wrong length would shift all that follow. */
async function* exactly(tensor: NewTensor): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of tensor.chunks()) {
    bytes += chunk.length;
    yield chunk;
  }
  const expected = byteLength(tensor);
  if (bytes !== expected) {
    throw new Error(`tensor ${tensor.name} came with ${bytes} bytes, expected ${expected}`);
  }
}

function indexText(shards: NewTensor[][], names: string[]): string {
  const tensors = shards.flatMap((shard, i) => shard.map((tensor) => ({ tensor, file: names[i] })));
  tensors.sort((a, b) => a.tensor.name < b.tensor.name ? -1 : 1);
  const index = {
    metadata: {
      total_parameters: tensors.reduce((sum, { tensor }) => sum + elements(tensor), 0),
      total_size: tensors.reduce((sum, { tensor }) => sum + byteLength(tensor), 0),
    },
    weight_map: Object.fromEntries(tensors.map(({ tensor, file }) => [tensor.name, file])),
  };
  return `${JSON.stringify(index, null, 2)}\n`;
}

function elements({ shape }: NewTensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

function byteLength(tensor: NewTensor): number {
  const bits = elements(tensor) * DTYPE_BITS[tensor.dtype];
  if (Number.isSafeInteger(bits) && bits % 8 === 0) return bits / 8;
  throw new Error(`tensor ${tensor.name}: no whole bytes in ${tensor.dtype} of shape [${tensor.shape}]`);
}

/** Removes the files of the previous model: a reader would prefer them, or treat them as part of the new one. */
async function removeStale(directory: string, names: string[]): Promise<void> {
  const keep = new Set(names.length > 1 ? [...names, INDEX] : names);
  await onFile(directory, async () => {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const isOurs = name === INDEX || /^model(-\d{5}-of-\d{5})?\.safetensors$/.test(name);
      if (!isOurs || keep.has(name) || isDirectory) continue;
      await Deno.remove(join(directory, name)).catch((error) => {
        throw new EnvironmentError(`${join(directory, name)}: cannot remove the old file: ${error.message}`);
      });
    }
  });
}
