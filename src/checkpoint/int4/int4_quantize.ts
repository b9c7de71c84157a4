import { basename, dirname, extname, join } from "../../base/paths.ts";
import { DataError } from "../../base/errors.ts";
import { BufferPool } from "./buffer_pool.ts";
import { LlamaConfig } from "../config/config.ts";
import { DTYPE_BITS } from "../tensors/dtypes.ts";
import { onFile, readSmallFile, statOrNothing } from "../files/files.ts";
import { isLinear, isQuantizable } from "./int4_modules.ts";
import { quantizingSource } from "./int4_quantizing_source.ts";
import type { Int4Source } from "./int4_source.ts";
import { Int4WeightOnlyConfig } from "./int4_weight_only_config.ts";
import { writeFolderAtomically } from "../files/new_folder.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";
import { TINYGEMM } from "./quantization_config.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";
import { type NewTensor, writeCheckpoint } from "../safetensors/write.ts";

/** Bytes of weights read at a time. */
const CHUNK_BYTES = 2 * 2 ** 20;
/** Largest file that is copied; the largest tokenizers are about 20 MB. */
const MAX_COPIED_BYTES = 64 * 2 ** 20;
const COPIED = new Set(["", ".json", ".model", ".txt", ".md", ".jinja", ".tiktoken"]);
const HOW_TO_READ =
  "NAME.weight[r, c] = (q - 8) * NAME.weight_scale[r, g] + NAME.weight_zero[r, g] with g = " +
  "c / group_size; q: 4 bits of byte c / 2 of NAME.weight_packed[r], the lower 4 for an even c, the upper for an odd c";

/** Options of {@linkcode quantizeCheckpoint}. */
export interface QuantizeOptions {
  /** Columns that share a scale. */
  readonly groupSize?: number;
  /** Maximum size of a weight file, as in {@linkcode writeCheckpoint}. */
  readonly maxShardSize?: number | string;
  /** Called with the number of bytes done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborts; nothing is left behind. */
  readonly signal?: AbortSignal;
}

/** Result of {@linkcode quantizeCheckpoint}. */
export interface QuantizeReport {
  /** Linear weights converted to 4 bits. */
  readonly converted: number;
  /** Linear weights whose column count is not a multiple of the group size. */
  readonly kept: number;
  /** Bytes of all tensors, before and after. */
  readonly bytes: { readonly before: number; readonly after: number };
}

/**
 * Writes a checkpoint in 4 bits; the values equal those of quantizing while loading. Memory holds one 4-bit matrix and
 * one chunk of input.
 *
 * @param model path of a folder or a .safetensors file
 * @param output a folder that does not exist yet, or is empty
 * @throws DataError for an invalid or already quantized model; UsageError if `output` is in use; EnvironmentError when
 * the disk refuses
 */
export async function quantizeCheckpoint(
  model: string,
  output: string,
  options: QuantizeOptions = {},
): Promise<QuantizeReport> {
  const { groupSize } = new Int4WeightOnlyConfig({ groupSize: options.groupSize });
  const config = await LlamaConfig.fromPretrained(model);
  const folder = basename(model).endsWith(".safetensors") ? dirname(model) : model;
  if (config.quantizationConfig !== null) {
    throw new DataError(
      `${join(folder, "config.json")}: quantization_config: the model is quantized already ` +
        `(${JSON.stringify(config.quantizationConfig.quant_method ?? null)}), expected plain weights`,
    );
  }
  const checkpoint = await openCheckpoint(model);
  try {
    const all = [...checkpoint.tensors.values()];
    const converted = all.filter((tensor) => isQuantizable(tensor, groupSize));
    const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    const onRead = (bytes: number) => {
      options.signal?.throwIfAborted();
      options.onProgress?.(done += bytes, total);
    };
    const tensors = alignedOrder(all, groupSize).flatMap((tensor) =>
      isQuantizable(tensor, groupSize)
        ? packedTensors(quantizingSource(checkpoint, tensor, groupSize), tensor.bytes, onRead)
        : [copied(checkpoint, tensor, onRead)]
    );
    const quantization = { quant_method: TINYGEMM, bits: 4, group_size: groupSize, format_version: 1 };
    const json = `${JSON.stringify({ ...config.toJSON(), quantization_config: quantization }, null, 2)}\n`;
    const otherFiles = { ...await smallFiles(folder), "config.json": json };
    const metadata = { format: "pt", int4: HOW_TO_READ };
    await writeFolderAtomically(output, async (into) => {
      const { maxShardSize } = options;
      await writeCheckpoint(into, tensors, { otherFiles, metadata, keepOrder: true, maxShardSize });
    }, options.signal);
    return {
      converted: converted.length,
      kept: all.filter(isLinear).length - converted.length,
      bytes: { before: total, after: tensors.reduce((sum, tensor) => sum + byteLength(tensor), 0) },
    };
  } finally {
    checkpoint.close();
  }
}

/** Wider elements first, so that all are aligned; a converted matrix takes a multiple of 2 bytes, its codes of 16. */
function alignedOrder(tensors: TensorInfo[], groupSize: number): TensorInfo[] {
  const width = (tensor: TensorInfo) => isQuantizable(tensor, groupSize) ? 16 : DTYPE_BITS[tensor.dtype];
  return tensors.toSorted((a, b) => width(b) - width(a));
}

/** The three tensors of a 4-bit matrix; all are computed when the first is read, and freed after the last. */
function packedTensors(source: Int4Source, bytes: number, onRead: (bytes: number) => void): NewTensor[] {
  const { name, shape: [rows, columns], groupSize } = source;
  const groups = columns / groupSize;
  let made: Promise<Record<"codes" | "scales" | "zeros", Uint8Array>> | undefined;
  const make = async () => {
    const codes = new Uint8Array(rows * columns / 2);
    const scales = new Uint16Array(rows * groups);
    const zeros = new Uint16Array(rows * groups);
    const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES * rows / bytes));
    const pool = new BufferPool();
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const part = await source.read(row, Math.min(rowsAtOnce, rows - row), pool);
      codes.set(part.codes, row * columns / 2);
      scales.set(part.scales, row * groups);
      zeros.set(part.zeros, row * groups);
      for (const array of [part.codes, part.scales, part.zeros]) pool.give(array);
      onRead(part.rows * bytes / rows);
    }
    return { codes, scales: new Uint8Array(scales.buffer), zeros: new Uint8Array(zeros.buffer) };
  };
  const tensor = (
    part: string,
    dtype: string,
    shape: number[],
    content: "codes" | "scales" | "zeros",
    isLast = false,
  ): NewTensor => ({
    name: `${name}.${part}`,
    dtype,
    shape,
    async *chunks() {
      made ??= make();
      const { [content]: whole } = await made;
      if (isLast) made = undefined;
      yield whole;
    },
  });
  return [
    tensor("weight_scale", "BF16", [rows, groups], "scales"),
    tensor("weight_zero", "BF16", [rows, groups], "zeros"),
    tensor("weight_packed", "U8", [rows, columns / 2], "codes", true),
  ];
}

/** An unchanged tensor. */
function copied(checkpoint: Checkpoint, tensor: TensorInfo, onRead: (bytes: number) => void): NewTensor {
  const { name, dtype, shape, bytes } = tensor;
  return {
    name,
    dtype,
    shape,
    async *chunks() {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, bytes));
      for (let at = 0; at < bytes; at += chunk.length) {
        const part = chunk.subarray(0, bytes - at);
        await checkpoint.read(tensor, at, part);
        yield part;
        onRead(part.length);
      }
    },
  };
}

/** The tokenizer files and other small files beside the weights. */
async function smallFiles(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const { name } of await onFile(folder, () => Array.fromAsync(Deno.readDir(folder)))) {
    if (!COPIED.has(extname(name)) || name.startsWith(".") || name.endsWith(".index.json")) continue;
    const path = join(folder, name);
    // Follows links, as all files of the hub cache are links.
    const info = await statOrNothing(path);
    if (info?.isFile && info.size <= MAX_COPIED_BYTES) {
      files[name] = await readSmallFile(path, MAX_COPIED_BYTES);
    }
  }
  return files;
}

function byteLength({ dtype, shape }: NewTensor): number {
  return shape.reduce((product, size) => product * size, DTYPE_BITS[dtype] / 8);
}
