/** Storage types that the GPU uses directly. */
export type WeightDtype = "float32" | "float16" | "bfloat16";

/** One tensor of a checkpoint: its type, shape and location; known without reading its data. */
export interface TensorInfo {
  /** transformers' name, e.g. `model.layers.0.self_attn.q_proj.weight`. */
  readonly name: string;
  /** safetensors' dtype as written, e.g. `F32`, `F16`, `BF16`, `I32`. */
  readonly dtype: string;
  /** Row-major shape. */
  readonly shape: readonly number[];
  /** Path of the file that holds it. */
  readonly file: string;
  /** Absolute offset of its first byte in that file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
  /** The tensor as stored, if reading narrows it: float64 is read as float32. */
  readonly stored?: TensorInfo;
}

/** An opened and validated set of safetensors files (one, or the shards of an index). */
export interface Checkpoint {
  /** Files in reading order. */
  readonly files: readonly string[];
  /** Every tensor by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** `__metadata__` of the first file; absent if the tensors are not from a file. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Accepted irregularities of the files, one line each. */
  readonly notes?: readonly string[];
  /**
   * Reads bytes [begin, begin + into.length) of one tensor, relative to its first byte.
   * @throws DataError if the file is shorter than when opened; EnvironmentError if it cannot be read
   */
  read(tensor: TensorInfo, begin: number, into: Uint8Array): Promise<void>;
  /** Closes the files. */
  close(): void;
}
