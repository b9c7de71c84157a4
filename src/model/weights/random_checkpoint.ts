import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Checkpoint, TensorInfo } from "../../checkpoint/tensors/types.ts";
import { type HeadSpec, modelTensors } from "./weights.ts";

/**
 * A checkpoint of random weights: matrices are normal with the config's initializer_range (the padding
 * token's embedding is zero), norms 1, biases 0. A number depends only on the seed, its tensor and its place,
 * so any part can be read.
 */
export class RandomCheckpoint implements Checkpoint {
  readonly files: readonly string[] = ["random weights"];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly #order: ReadonlyMap<string, number>;

  constructor(readonly config: LlamaConfig, heads: readonly HeadSpec[], readonly seed: number) {
    const all = modelTensors(config, heads);
    this.#order = new Map(all.map(({ name }, i) => [name, i]));
    this.tensors = new Map(all.map(({ name, shape }) => {
      const bytes = shape.reduce((product, n) => product * n, 4);
      return [name, { name, dtype: "F32", shape, file: this.files[0], offset: 0, bytes }];
    }));
  }

  read(tensor: TensorInfo, begin: number, into: Uint8Array): Promise<void> {
    const first = begin / 4;
    const values = new Float32Array(into.length / 4);
    if (tensor.shape.length === 2) this.#fill(tensor, first, values);
    else values.fill(tensor.name.endsWith("norm.weight") ? 1 : 0);
    into.set(new Uint8Array(values.buffer));
    return Promise.resolve();
  }

  close(): void {}

  #fill(tensor: TensorInfo, first: number, values: Float32Array): void {
    const { initializerRange, padTokenId } = this.config;
    const key = mix(
      mix(this.seed >>> 0) ^ mix(Math.floor(this.seed / 2 ** 32)) ^ this.#order.get(tensor.name)!,
    );
    for (let i = 0; i < values.length; i++) values[i] = initializerRange * normal(key, first + i);
    if (!tensor.name.endsWith("embed_tokens.weight") || padTokenId === null || padTokenId < 0) return;
    const begin = padTokenId * tensor.shape[1] - first;
    values.fill(0, Math.max(begin, 0), Math.max(begin + tensor.shape[1], 0));
  }
}

/** The n-th number of a normal distribution (Box–Muller transform of two hashes). */
function normal(key: number, n: number): number {
  const high = Math.floor(n / 2 ** 31);
  const a = mix(key ^ mix(2 * (n % 2 ** 31) + high * 0x9e3779b1));
  const b = mix(a ^ mix((2 * (n % 2 ** 31) + 1) ^ key));
  return Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32)) * Math.cos(2 * Math.PI * b / 2 ** 32);
}

/** Mixes 32 bits; every bit of the result depends on all of them. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
