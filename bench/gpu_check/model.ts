/** Models with random weights, made on the device without a checkpoint. */
import { EnvironmentError } from "../../src/base/errors.ts";
import { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import { Decoder } from "../../src/generate/decode/decoder.ts";
import { Gpu, type GpuTraits } from "../../src/gpu/gpu.ts";
import { isInt4, type Matrix, rowBytes, storedBytes, writeRows } from "../../src/gpu/matrix.ts";
import type { LoadedModel } from "../../src/model/weights/load.ts";
import { matricesOf } from "../../src/model/weights/weights.ts";
import { type Int4Kind, modelOf } from "../../tests/support/shapes.ts";
import { SHAPES as ONE_LAYER } from "../../tools/compilers/texts.ts";
import { randomBytes } from "./random.ts";

/** A model's shape, and what is measured of it. */
export interface Shape {
  readonly config: LlamaConfig;
  /** Layers of the whole model. */
  readonly layers: number;
  /** Positions of a sequence before the measured steps. */
  readonly reaches: readonly number[];
  readonly sequences: readonly number[];
  readonly promptTokens: number;
  /** Steps of a submit. */
  readonly steps: number;
}

/** 8B, 7B, and a small one that a software driver computes in seconds. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  "8b": {
    config: ONE_LAYER["8b"],
    layers: 32,
    reaches: [128, 2048, 8192, 32768],
    sequences: [1, 8],
    promptTokens: 512,
    steps: 16,
  },
  "7b": {
    config: ONE_LAYER["7b"],
    layers: 32,
    reaches: [128, 2048],
    sequences: [1],
    promptTokens: 512,
    steps: 16,
  },
  small: {
    config: LlamaConfig.from({
      hiddenSize: 256,
      intermediateSize: 512,
      numHiddenLayers: 1,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      vocabSize: 4096,
      maxPositionEmbeddings: 1024,
    }),
    layers: 2,
    reaches: [128, 512],
    sequences: [1, 8],
    promptTokens: 64,
    steps: 2,
  },
};

/** Storage of weights by the names that the results use. */
export const WEIGHTS = {
  float16: { dtype: "float16" },
  int4: {
    dtype: "float16",
    int4: { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" } as Int4Kind,
  },
} as const;
export type Weights = keyof typeof WEIGHTS;

/** Positions of a slot: the longest reach and the steps behind it. */
export function capacityOf({ reaches, steps }: Shape): number {
  return Math.max(...reaches) + 4 * steps;
}

/** @throws EnvironmentError for a large shape on a software driver */
export function requireFast({ traits, info }: Gpu, name: string): void {
  if (!traits.software || name === "small") return;
  throw new EnvironmentError(`${info.description || info.device} is a software driver: use --short`);
}

/** The config with that many layers. */
export function withLayers({ config }: Shape, layers: number): LlamaConfig {
  return LlamaConfig.from({ ...config, numHiddenLayers: layers });
}

/** Layers that fit a device's memory with the caches of all sequences: at least one, at most the whole model. */
export async function layersIn(
  traits: GpuTraits,
  shape: Shape,
  weights: Weights,
  bytes: number,
): Promise<number> {
  const bytesOf = async (layers: number) => {
    const gpu = Gpu.counting(traits);
    const model = await modelOf(gpu, withLayers(shape, layers), WEIGHTS[weights]);
    new Decoder(model, Math.max(...shape.sequences), capacityOf(shape));
    return gpu.allocatedBytes;
  };
  const [one, two] = [await bytesOf(1), await bytesOf(2)];
  return Math.max(1, Math.min(shape.layers, 1 + Math.floor((bytes - one) / (two - one))));
}

/** A model with random weights. */
export async function randomModel(gpu: Gpu, config: LlamaConfig, weights: Weights): Promise<LoadedModel> {
  const model = await modelOf(gpu, config, WEIGHTS[weights]);
  for (const matrix of matricesOf(model.weights)) await fill(gpu, matrix);
  const ones = new Float32Array(config.hiddenSize).fill(1);
  const { norm, layers } = model.weights;
  for (const one of [norm, ...layers.flatMap((l) => [l.inputLayernorm, l.postAttentionLayernorm])]) {
    gpu.write(one, 0, ones);
  }
  gpu.flush();
  await gpu.check();
  return model;
}

/** Bytes that are written before the device must have taken them. */
const BAND = 64 * 2 ** 20;

/** Writes one band of random words again and again: a device does not know. */
async function fill(gpu: Gpu, matrix: Matrix): Promise<void> {
  const stride = rowBytes(matrix.columns, matrix.format);
  const rows = Math.min(Math.ceil(matrix.rows / 64) * 64, Math.max(64, Math.floor(BAND / stride / 64) * 64));
  // Two float16 of ±1/64 to 1/32; in 4 bits words that are good as codes and as a scale with a zero of about 2⁻⁷.
  const [base, noise] = isInt4(matrix.format) ? [0x3c003b00, 0x807f007f] : [0x24002400, 0x83ff83ff];
  const band = randomBytes(storedBytes(matrix, rows), base, noise);
  for (let row = 0; row < matrix.rows; row += rows) {
    writeRows(gpu, matrix, row, band.subarray(0, storedBytes(matrix, Math.min(rows, matrix.rows - row))));
    gpu.flush();
    await gpu.device.queue.onSubmittedWorkDone();
  }
}
