import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { Checkpoint, TensorInfo } from "../../checkpoint/tensors/types.ts";
import { wrappedProblem } from "../../checkpoint/tensors/wrapped_names.ts";
import { DataError } from "../../base/errors.ts";
import type { RowSource } from "./pieces.ts";

/**
 * Finds tensors by their name in a causal model; a bare model lacks the prefix `model.`, a question answering
 * model uses `transformer.`.
 */
export class Finder {
  #missing: string[] = [];
  readonly #prefix: string;

  constructor(
    readonly checkpoint: Checkpoint,
    readonly int4: (module: string) => Int4Source | undefined = () => undefined,
  ) {
    this.#prefix =
      ["", "transformer."].find((prefix) => checkpoint.tensors.has(`${prefix}embed_tokens.weight`)) ??
        "model.";
  }

  /** A tensor of this shape; undefined if missing. */
  get(name: string, shape: readonly number[]): TensorInfo | undefined {
    const tensor = this.optional(name, shape);
    if (!tensor) this.#missing.push(this.#stored(name));
    return tensor;
  }

  /** Like `get`, for a tensor that may be stored in 4 bits. */
  rows(name: string, shape: readonly number[]): RowSource | undefined {
    const [stored, module] = [this.#stored(name), this.#stored(name).replace(/\.weight$/, "")];
    const source = module === stored ? undefined : this.int4(module);
    if (!source) return this.get(name, shape);
    this.#checkShape(this.checkpoint.files[0], module, source.shape, shape);
    return source;
  }

  /** Like `get`, but a missing tensor is not an error. */
  optional(name: string, shape: readonly number[]): TensorInfo | undefined {
    const stored = this.#stored(name);
    const tensor = this.checkpoint.tensors.get(stored);
    if (!tensor) return undefined;
    this.#checkShape(tensor.file, stored, tensor.shape, shape);
    return tensor;
  }

  #checkShape(file: string, name: string, got: readonly number[], shape: readonly number[]): void {
    if (got.length === shape.length && got.every((n, i) => n === shape[i])) return;
    throw new DataError(`${file}: ${name}: shape [${got}], config.json says [${shape}]`);
  }

  #stored(name: string): string {
    return name.replace(/^model\./, this.#prefix);
  }

  /** @throws DataError that lists missing tensors, or explains how a wrapper renamed them */
  throwIfMissing(): void {
    if (this.#missing.length === 0) return;
    const wrapped = wrappedProblem(this.checkpoint.tensors.keys());
    if (wrapped !== undefined) throw new DataError(`${this.checkpoint.files[0]}: ${wrapped}`);
    const named = this.#missing.slice(0, 8).join(", ");
    const more = this.#missing.length > 8 ? ` and ${this.#missing.length - 8} more` : "";
    throw new DataError(`${this.checkpoint.files[0]}: missing tensors: ${named}${more}`);
  }
}
