import { basename, join } from "../../base/paths.ts";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { areEqual, isUnused } from "../tensors/copies.ts";
import { onFile, requirePlainFile, statOrNothing } from "../files/files.ts";
import { fileNames, foreignModel } from "../files/model_folder.ts";
import { narrowed, readNarrowed } from "../tensors/narrow.ts";
import { headerLength, parseHeader } from "./safetensors.ts";
import { readShardIndex } from "./shard_index.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/**
 * Opens the weights of a model and validates every header. Reads no tensor data, except to check that a tensor in two
 * shards is equal in both. Tensors of float64 appear as the float32 tensors they are narrowed to.
 *
 * @param path a folder with model.safetensors or model.safetensors.index.json, or one .safetensors file
 * @throws DataError if a file is invalid or a listed shard is missing; EnvironmentError if the weights do not exist or
 * cannot be read
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const files = new OpenFiles();
  try {
    const info = await statOrNothing(path);
    if (info === undefined) throw new EnvironmentError(`${path}: no such file or folder`);
    if (!info.isDirectory) await files.add(path);
    else if (await statOrNothing(join(path, SINGLE)) !== undefined) await files.add(join(path, SINGLE));
    else if (await statOrNothing(join(path, INDEX)) !== undefined) await addShards(files, path);
    else throw await noWeights(path);
    return files;
  } catch (error) {
    files.close();
    throw error;
  }
}

/** Opens the shards of an index. */
async function addShards(files: OpenFiles, folder: string): Promise<void> {
  const index = join(folder, INDEX);
  const shardOf = await readShardIndex(index);
  const shards = [...new Set(shardOf.values())].sort();
  const missing: string[] = [];
  for (const shard of shards) {
    if (await statOrNothing(join(folder, shard)) === undefined) missing.push(shard);
  }
  if (missing.length > 0) {
    throw new DataError(
      `${index}: ${missing.length} of ${shards.length} shards are missing: ${missing.join(", ")}`,
    );
  }
  for (const shard of shards) await files.add(join(folder, shard));
  const elsewhere = [...shardOf].flatMap(([name, shard]) => {
    const found = files.tensors.get(name);
    if (found === undefined) return [`${JSON.stringify(name)} is in no shard`];
    if (basename(found.file) === shard || files.copies.has(name)) return [];
    return [`${JSON.stringify(name)} is in ${basename(found.file)}`];
  });
  // As in the reference, the shards decide; a missing tensor that the model needs is reported later.
  if (elsewhere.length > 0) {
    files.notes.push(`${index}: weight_map differs from the shards, which count: ${listed(elsewhere)}`);
  }
}

/** The first few items, and the number of the rest. */
function listed(items: readonly string[]): string {
  const more = items.length > 4 ? ` and ${items.length - 4} more` : "";
  return items.slice(0, 4).join(", ") + more;
}

async function noWeights(folder: string): Promise<Error> {
  const problem = await foreignModel(folder);
  if (problem !== undefined) return problem;
  const others = (await fileNames(folder)).filter((name) => name.endsWith(".safetensors"));
  const hint = others.length === 0 ? "" : `; there is ${others[0]}, which can itself be named as the model`;
  return new EnvironmentError(`${folder}: no weights there, expected ${SINGLE} or ${INDEX}${hint}`);
}

/** The files of a checkpoint, open for positional reads. */
class OpenFiles implements Checkpoint {
  readonly files: string[] = [];
  readonly tensors: Map<string, TensorInfo> = new Map();
  metadata: Readonly<Record<string, string>> = {};
  readonly notes: string[] = [];
  /** Names that occur in several files. */
  readonly copies: Set<string> = new Set();
  readonly #readers: Map<string, FileReader> = new Map();

  async add(path: string): Promise<void> {
    // Checked before opening: opening a FIFO waits for its writer.
    const size = await onFile(path, async () => requirePlainFile(path, await Deno.stat(path)));
    const reader = new FileReader(path, await onFile(path, () => Deno.open(path)));
    this.#readers.set(path, reader);
    this.files.push(path);
    const start = new Uint8Array(Math.min(256, size));
    await reader.read(0, start);
    const header = new Uint8Array(headerLength(start, size, path));
    await reader.read(8, header);
    const { metadata, tensors } = parseHeader(header, size, path);
    if (this.files.length === 1) this.metadata = metadata;
    for (const tensor of tensors) await this.#addTensor(tensor);
    const wide = tensors.filter(({ dtype }) => dtype === "F64").length;
    if (wide > 0) this.notes.push(`${path}: ${wide} F64 tensors are read as float32`);
  }

  /** The first of several copies counts; stored frequencies are never read, so their copies may differ. */
  async #addTensor(tensor: TensorInfo): Promise<void> {
    const { name, file } = tensor;
    const view = narrowed(tensor);
    const other = this.tensors.get(name);
    if (other === undefined) return void this.tensors.set(name, view);
    if (!isUnused(name) && !await areEqual(this, other, view)) {
      throw new DataError(
        `${file}: tensor ${JSON.stringify(name)}: also in ${other.file}, with other contents`,
      );
    }
    this.copies.add(name);
    this.notes.push(`${file}: tensor ${JSON.stringify(name)} is a copy of the one in ${other.file}`);
  }

  async read(tensor: TensorInfo, begin: number, into: Uint8Array): Promise<void> {
    const reader = this.#readers.get(tensor.file);
    if (reader === undefined) throw new Error(`${tensor.file} is not a file of this checkpoint, or closed`);
    if (!Number.isInteger(begin) || begin < 0 || begin + into.length > tensor.bytes) {
      throw new RangeError(
        `bytes ${begin} to ${begin + into.length} of ${tensor.name}, which has ${tensor.bytes}`,
      );
    }
    if (tensor.stored === undefined) return await reader.read(tensor.offset + begin, into);
    await readNarrowed((offset, bytes) => reader.read(offset, bytes), tensor, begin, into);
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }
}

/** One file; reads are sequential because they share the file's position. */
class FileReader {
  #last: Promise<void> = Promise.resolve();

  constructor(readonly path: string, readonly file: Deno.FsFile) {}

  async read(offset: number, into: Uint8Array): Promise<void> {
    const previous = this.#last;
    const done = Promise.withResolvers<void>();
    this.#last = done.promise;
    await previous;
    try {
      await onFile(this.path, () => this.#readNow(offset, into));
    } finally {
      done.resolve();
    }
  }

  close(): void {
    this.file.close();
  }

  async #readNow(offset: number, into: Uint8Array): Promise<void> {
    this.file.seekSync(offset, Deno.SeekMode.Start); // no disk access
    let filled = 0;
    while (filled < into.length) {
      const count = await this.file.read(into.subarray(filled));
      if (count === null || count === 0) {
        throw new DataError(
          `${this.path}: the file ends at byte ${offset + filled}, shorter than when opened`,
        );
      }
      filled += count;
    }
  }
}
