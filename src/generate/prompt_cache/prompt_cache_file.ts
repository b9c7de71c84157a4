import { writeFilesAtomically } from "../../checkpoint/files/atomic_files.ts";
import { onFile, statOrNothing } from "../../checkpoint/files/files.ts";
import { openCheckpoint } from "../../checkpoint/safetensors/open_checkpoint.ts";
import type { Checkpoint, TensorInfo } from "../../checkpoint/tensors/types.ts";
import { type NewTensor, safetensorsFile } from "../../checkpoint/safetensors/write.ts";
import { DataError } from "../../base/errors.ts";
import type { KvShape } from "../../model/kv/kv_buffers.ts";
import type { KvPart } from "../../model/kv/kv_transfer.ts";
import { type KvDtype, kvRowBytes } from "../../ops/kv_layer.ts";
import { decodeRows } from "../../ops/kv_rows.ts";
import type { PromptRows } from "../decode/slot_table.ts";

/** The model that rows in a file must have been computed with. */
export interface PromptCacheOwner {
  /** {@linkcode modelIdentity}. */
  readonly model: string;
  /** Storage of the weights: their dtype, and their quantization. */
  readonly dtype: string;
  readonly shape: KvShape;
  readonly vocabSize: number;
}

const FORMAT = "llama prompt cache 2";
const PARTS: readonly KvPart[] = ["keys", "values"];

/** A row as numbers of a safetensors type; codes and their scale are bytes. */
const ROW_TYPES = {
  float32: ["F32", 4],
  float16: ["F16", 2],
  bfloat16: ["BF16", 2],
  int8: ["U8", 1],
} as const satisfies Record<KvDtype, readonly [dtype: string, bytes: number]>;

/** Type and shape of the tensors of `length` rows. */
function rowsType({ kvHeads, headDim, dtype }: KvShape, length: number) {
  const [type, bytes] = ROW_TYPES[dtype];
  return { dtype: type, shape: [kvHeads, length, kvRowBytes(headDim, dtype) / bytes] };
}

/**
 * Writes prompt rows as a safetensors file: `ids` [n] I32, and for each layer `layers.<i>.keys` and
 * `.values`, [kv heads, n, row] as the KV buffers hold them. The file is replaced atomically.
 * @throws EnvironmentError if the disk refuses
 */
export async function writePromptCacheFile(
  path: string,
  owner: PromptCacheOwner,
  rows: PromptRows,
): Promise<void> {
  const { layers, dtype: kvDtype } = owner.shape;
  const length = rows.ids.length;
  const ids = () => [new Uint8Array(Int32Array.from(rows.ids).buffer)];
  const tensors: NewTensor[] = [
    { name: "ids", dtype: "I32", shape: [length], chunks: ids },
  ];
  for (let layer = 0; layer < layers; layer++) {
    for (const part of PARTS) {
      tensors.push({
        name: nameOf(layer, part),
        ...rowsType(owner.shape, length),
        async *chunks() {
          yield await rows.read(layer, part);
        },
      });
    }
  }
  const { model, dtype } = owner;
  const metadata = { format: FORMAT, model, dtype, kv_cache: kvDtype, regime: String(rows.regime) };
  await writeFilesAtomically([safetensorsFile(path, tensors, metadata)]);
}

/** Prompt rows in a file. */
export interface StoredPrompt extends PromptRows {
  /** The rows of the first `count` ids. */
  first(count: number): PromptRows;
  close(): void;
}

/**
 * Opens a file of {@linkcode writePromptCacheFile}; rows are read on demand.
 * @returns undefined if there is no such file
 * @throws DataError if it is broken, or was made with another model or dtype; EnvironmentError
 */
export async function openPromptCacheFile(
  path: string,
  owner: PromptCacheOwner,
): Promise<StoredPrompt | undefined> {
  const info = await statOrNothing(path);
  if (info === undefined) return undefined;
  // A folder would be opened as a model.
  if (info.isDirectory) throw new DataError(`${path}: expected a prompt cache, got a folder`);
  const file = await onFile(path, () => openCheckpoint(path));
  try {
    const regime = checkOwner(path, file.metadata ?? {}, owner);
    const ids = await readIds(path, file, owner.vocabSize);
    return new StoredRows(path, file, owner.shape, ids, regime);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Checks the file's metadata against the model; returns the rotary regime. */
function checkOwner(
  path: string,
  metadata: Readonly<Record<string, string>>,
  owner: PromptCacheOwner,
): number {
  if (/^llama prompt cache \d+$/.test(metadata.format ?? "") && metadata.format !== FORMAT) {
    throw new DataError(
      `${path}: another version of this program made this prompt cache; name another file, or remove this one`,
    );
  }
  if (metadata.format !== FORMAT) {
    throw new DataError(
      `${path}: __metadata__.format: expected ${JSON.stringify(FORMAT)}, got ${
        metadata.format === undefined ? "none" : JSON.stringify(metadata.format.slice(0, 40))
      }: no prompt cache of this program`,
    );
  }
  if (metadata.model !== owner.model) {
    throw new DataError(
      `${path}: this prompt cache was made with another model; name another file, or remove this one`,
    );
  }
  if (metadata.dtype !== owner.dtype) {
    throw new DataError(
      `${path}: this prompt cache was made with weights in ${metadata.dtype}, now they are in ${owner.dtype}; ` +
        "name another file, or remove this one",
    );
  }
  if (metadata.kv_cache !== owner.shape.dtype) {
    throw new DataError(
      `${path}: this prompt cache was made with --kv-cache ${metadata.kv_cache}, now it is ${owner.shape.dtype}; ` +
        "name another file, or remove this one",
    );
  }
  const regime = /^\d+$/.test(metadata.regime ?? "") ? Number(metadata.regime) : NaN;
  if (!Number.isSafeInteger(regime)) {
    throw new DataError(`${path}: __metadata__.regime: expected a whole number, got ${metadata.regime}`);
  }
  return regime;
}

async function readIds(path: string, file: Checkpoint, vocabSize: number): Promise<number[]> {
  const { shape: [length = 0] } = file.tensors.get("ids") ?? { shape: [] };
  const ids = new Int32Array(length);
  await file.read(tensorOf(path, file, "ids", "I32", [length]), 0, new Uint8Array(ids.buffer));
  const bad = ids.findIndex((id) => id < 0 || id >= vocabSize);
  if (bad >= 0 || length === 0) {
    throw new DataError(
      `${path}: ids: expected ids below ${vocabSize}, got ${length === 0 ? "none" : `${ids[bad]} at ${bad}`}`,
    );
  }
  return [...ids];
}

/** A tensor of the file. @throws DataError if its dtype or shape is wrong */
function tensorOf(path: string, file: Checkpoint, name: string, dtype: string, shape: number[]): TensorInfo {
  const tensor = file.tensors.get(name);
  if (tensor && tensor.dtype === dtype && String(tensor.shape) === String(shape)) return tensor;
  const got = tensor ? `${tensor.dtype} [${tensor.shape}]` : "none";
  throw new DataError(`${path}: tensor ${name}: expected ${dtype} [${shape}], got ${got}`);
}

function nameOf(layer: number, part: KvPart): string {
  return `layers.${layer}.${part}`;
}

class StoredRows implements StoredPrompt {
  readonly #path: string;
  readonly #file: Checkpoint;
  readonly #shape: PromptCacheOwner["shape"];

  constructor(
    path: string,
    file: Checkpoint,
    shape: PromptCacheOwner["shape"],
    readonly ids: readonly number[],
    readonly regime: number,
  ) {
    this.#path = path;
    this.#file = file;
    this.#shape = shape;
    for (let layer = 0; layer < shape.layers; layer++) for (const part of PARTS) this.#tensor(layer, part);
  }

  read(layer: number, part: KvPart): Promise<Uint8Array<ArrayBuffer>> {
    return this.#read(layer, part, this.ids.length);
  }

  first(count: number): PromptRows {
    return {
      ids: this.ids.slice(0, count),
      regime: this.regime,
      read: (layer, part) => this.#read(layer, part, count),
    };
  }

  close(): void {
    this.#file.close();
  }

  #tensor(layer: number, part: KvPart): TensorInfo {
    const { dtype, shape } = rowsType(this.#shape, this.ids.length);
    return tensorOf(this.#path, this.#file, nameOf(layer, part), dtype, shape);
  }

  /** The first positions of each head. */
  async #read(layer: number, part: KvPart, count: number): Promise<Uint8Array<ArrayBuffer>> {
    const { kvHeads, headDim, dtype } = this.#shape;
    const tensor = this.#tensor(layer, part);
    const rowBytes = kvRowBytes(headDim, dtype);
    const rows = new Uint8Array(kvHeads * count * rowBytes);
    for (let head = 0; head < kvHeads; head++) {
      const into = rows.subarray(head * count * rowBytes, (head + 1) * count * rowBytes);
      await this.#file.read(tensor, head * this.ids.length * rowBytes, into);
    }
    if (decodeRows(rows, headDim, dtype).some((value) => !Number.isFinite(value))) {
      throw new DataError(
        `${this.#path}: tensor ${tensor.name}: expected finite numbers, got one that is not`,
      );
    }
    return rows;
  }
}
