import { join } from "../base/paths.ts";
import { isUnused } from "./tensors/copies.ts";
import type { LlamaConfig } from "./config/config.ts";
import { statOrNothing } from "./files/files.ts";
import { storedInt4 } from "./int4/int4_stored.ts";
import { openCheckpoint } from "./safetensors/open_checkpoint.ts";
import type { Checkpoint, TensorInfo } from "./tensors/types.ts";

/** A folder of weights has at least one of these files, some of them unsupported. */
const WEIGHT_FILES = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"];

/** Summary of a checkpoint, from its headers only. */
export interface CheckpointDescription {
  /** Number of learned parameters; tied weights count once. */
  readonly parameters: number;
  /** All tensors of the files, in reading order. */
  readonly tensors: readonly TensorInfo[];
  /** Paths, in reading order. */
  readonly files: readonly string[];
}

/** Describes an opened checkpoint. */
export function describeCheckpoint(config: LlamaConfig, checkpoint: Checkpoint): CheckpointDescription {
  const tensors = [...checkpoint.tensors.values()];
  const packed = storedInt4(checkpoint, config.quantizationConfig);
  const parameters = tensors
    .filter((tensor) => isParameter(tensor.name, config.tieWordEmbeddings) && !packed.tensors.has(tensor))
    .reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), packed.parameters);
  return { parameters, tensors: tensors.map((tensor) => tensor.stored ?? tensor), files: checkpoint.files };
}

/** Opens the weights of a model; undefined if the folder has only a config.json. */
export async function openIfThere(path: string): Promise<Checkpoint | undefined> {
  if ((await statOrNothing(path))?.isDirectory && await statOrNothing(join(path, "config.json"))) {
    const found = await Promise.all(WEIGHT_FILES.map((name) => statOrNothing(join(path, name))));
    if (found.every((file) => file === undefined)) return undefined;
  }
  return await openCheckpoint(path);
}

/**
 * True except for rotary frequencies in old checkpoints, which are computed, and a tied head, a copy of the embedding.
 */
function isParameter(name: string, tied: boolean): boolean {
  return !isUnused(name) && !(tied && name === "lm_head.weight");
}
