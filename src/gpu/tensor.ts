/**
 * A float32 array with a shape, row-major; its numbers are read when {@link data} is called.
 *
 * @example
 * ```ts
 * import { LlamaModel } from "@llama/llama";
 *
 * using model = await LlamaModel.fromPretrained("./TinyLlama");
 * const { lastHiddenState } = await model.forward({ inputIds: [[1, 5, 9]] });
 * console.log(lastHiddenState.shape); // [1, 3, hidden size]
 * console.log((await lastHiddenState.data()).length);
 * ```
 */
export class Tensor {
  readonly #read: () => Promise<Float32Array>;

  private constructor(readonly shape: readonly number[], read: () => Promise<Float32Array>) {
    this.#read = read;
  }

  /**
   * A tensor of the given numbers.
   * @throws RangeError if the shape does not hold exactly that many
   */
  static from(data: Float32Array, shape: readonly number[]): Tensor {
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== data.length) {
      throw new RangeError(`tensor of shape [${shape}] holds ${size} numbers, got ${data.length}`);
    }
    return new Tensor([...shape], () => Promise.resolve(data));
  }

  /** A tensor whose numbers are read on demand. */
  static lazy(shape: readonly number[], read: () => Promise<Float32Array>): Tensor {
    return new Tensor([...shape], read);
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
  }

  /** The numbers, row-major. */
  data(): Promise<Float32Array> {
    return this.#read();
  }
}
