import type { LlamaConfig } from "./config.ts";
import { WEIGHT_BYTES } from "./dtypes.ts";
import { isQuantizable } from "./int4_modules.ts";
import { storedInt4 } from "./int4_stored.ts";
import type { Checkpoint, TensorInfo, WeightDtype } from "./types.ts";

/** Columns that share a scale and a zero in the int4 format, unless told. */
const GROUP_SIZE = 128;
/** Bytes of a group's scale and zero, both bfloat16. */
const GROUP_BYTES = 4;

/** What a checkpoint is and what it needs, known without reading a weight. */
export interface CheckpointDescription {
  /** Numbers that were learned; tied weights count once. */
  readonly parameters: number;
  /** Every tensor of the files, in reading order. */
  readonly tensors: readonly TensorInfo[];
  /** Paths, in reading order. */
  readonly files: readonly string[];
  /**
   * Bytes of the weights for each storage type; int4 is the group-wise format, whose other weights are bfloat16. What
   * the checkpoint stores in 4 bits counts as it is stored.
   */
  readonly weightBytes: Readonly<Record<WeightDtype | "int4", number>>;
  /** Bytes of one position in the cache: keys and values of all layers in float32. */
  readonly cacheBytesPerToken: number;
}

/** Describes an opened checkpoint. */
export function describeCheckpoint(config: LlamaConfig, checkpoint: Checkpoint): CheckpointDescription {
  const tensors = [...checkpoint.tensors.values()];
  const packed = storedInt4(checkpoint, config.quantizationConfig);
  const weights = tensors.filter((tensor) =>
    isParameter(tensor.name, config.tieWordEmbeddings) && !packed.tensors.has(tensor)
  );
  const plain = sum(weights, elements);
  const stored = sum([...packed.tensors], ({ bytes }) => bytes);
  return {
    parameters: plain + packed.parameters,
    tensors,
    files: checkpoint.files,
    weightBytes: {
      float32: plain * WEIGHT_BYTES.float32 + stored,
      float16: plain * WEIGHT_BYTES.float16 + stored,
      bfloat16: plain * WEIGHT_BYTES.bfloat16 + stored,
      int4: sum(weights, int4Bytes) + stored,
    },
    cacheBytesPerToken: config.cacheBytesPerToken,
  };
}

/** Old checkpoints also hold the rotary frequencies, which are computed; a tied head is the embedding once more. */
function isParameter(name: string, tied: boolean): boolean {
  return !name.endsWith(".rotary_emb.inv_freq") && !(tied && name === "lm_head.weight");
}

/** The layers' projections only, and only where the groups fill the columns. */
function int4Bytes(tensor: TensorInfo): number {
  if (!isQuantizable(tensor, GROUP_SIZE)) return elements(tensor) * WEIGHT_BYTES.bfloat16;
  return elements(tensor) / 2 + elements(tensor) / GROUP_SIZE * GROUP_BYTES;
}

function elements({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(tensors: TensorInfo[], of: (tensor: TensorInfo) => number): number {
  return tensors.reduce((total, tensor) => total + of(tensor), 0);
}
