import { padTo8 } from "../../gpu/matrix.ts";
import { Plan } from "../../gpu/plan.ts";
import { linear, storeTo } from "../../ops/linear.ts";
import { gather } from "../../ops/embed_norm_gather.ts";
import type { Columns } from "../../ops/tuning.ts";
import { type ForwardContext, llamaModel } from "./llama.ts";
import type { LoadedModel } from "../weights/load.ts";
import type { Workspace } from "../kv/workspace.ts";

/** Rows of hidden states that a head reads, and the buffer for its results. */
interface HeadRows {
  /** [rows, hidden padded to 8], float32. */
  readonly x: GPUBuffer;
  readonly xMirror?: GPUTexture;
  /** Describes the rows; only the number of rows is read. */
  readonly batch: GPUBuffer;
  /** Rows in use at run time. */
  readonly tokens: () => number;
  /** Results, [rows, {@linkcode headStride} of the head], float32. */
  readonly y: GPUBuffer;
}

/**
 * The layers of a model, recorded over one workspace and one cache. Can be run repeatedly; set the
 * workspace's rows first.
 */
export class RecordedForward {
  readonly plan: Plan;

  /** @param fromEmbeddings true if the residual stream already holds embeddings when it runs */
  constructor(
    readonly model: LoadedModel,
    readonly context: Omit<ForwardContext, "config">,
    fromEmbeddings = false,
  ) {
    this.plan = new Plan(model.gpu);
    const { config, weights } = model;
    llamaModel(this.plan, weights, { config, ...context }, fromEmbeddings);
  }

  /** Appends the final norm and a head for every row; y is [tokens, stride of the head], float32. */
  head(name: string, y: GPUBuffer): this {
    const { workspace, columns } = this.context;
    const { x, mirrors, batch } = workspace;
    const rows = { x, xMirror: mirrors.x, batch, tokens: () => workspace.count, y };
    recordHead(this.plan, this.model, name, rows, columns);
    return this;
  }
}

/** A head for selected rows of a workspace, chosen at run time. */
export class PickedHead {
  readonly plan: Plan;
  /** Results, [most, stride of the head], float32. */
  readonly y: GPUBuffer;
  readonly #buffers: GPUBuffer[] = [];
  readonly #index: GPUBuffer;
  readonly #batch: GPUBuffer;
  readonly #mirror: GPUTexture | undefined;
  #count = 0;

  /**
   * @param most maximum number of rows selected at once
   * @param given a buffer for the results, owned by the caller; default: its own
   */
  constructor(
    readonly model: LoadedModel,
    name: string,
    workspace: Workspace,
    { most, columns, mirrored, y }: { most: number; columns: Columns; mirrored?: boolean; y?: GPUBuffer },
  ) {
    const { gpu, config } = model;
    const width = padTo8(config.hiddenSize);
    this.#index = this.#buffer("picked rows", (1 + most) * 4);
    this.#batch = this.#buffer("picked batch", 32);
    const x = this.#buffer("picked hidden states", most * width * 4);
    this.#mirror = mirrored && workspace.mirrors.x
      ? gpu.mirror("picked hidden states mirror", width / 4, most)
      : undefined;
    this.y = y ?? this.#buffer("head", most * headStride(model, name) * 4);
    this.plan = new Plan(gpu);
    const tokens = () => this.#count;
    gather(this.plan, {
      index: this.#index,
      x: workspace.x,
      y: x,
      yMirror: this.#mirror,
      width: config.hiddenSize,
      count: tokens,
    });
    recordHead(
      this.plan,
      model,
      name,
      { x, xMirror: this.#mirror, batch: this.#batch, tokens, y: this.y },
      columns,
    );
  }

  /** Selects the rows for the next run. */
  pick(rows: readonly number[]): void {
    const { gpu } = this.model;
    this.#count = rows.length;
    gpu.write(this.#index, 0, new Uint32Array([rows.length, ...rows]));
    gpu.write(this.#batch, 0, new Uint32Array([rows.length]));
  }

  dispose(): void {
    const { gpu } = this.model;
    if (this.#mirror) gpu.free(this.#mirror);
    for (const buffer of this.#buffers) gpu.free(buffer);
  }

  #buffer(label: string, bytes: number): GPUBuffer {
    const buffer = this.model.gpu.storage(label, bytes);
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** Stride between rows of a head's results, in floats. */
export function headStride({ weights }: LoadedModel, name: string): number {
  return padTo8(weights.heads[name].weight.rows);
}

/** Records y = head(norm(x)). */
function recordHead(
  plan: Plan,
  model: LoadedModel,
  name: string,
  { y, ...rows }: HeadRows,
  columns: Columns,
): void {
  const { config, weights } = model;
  const { weight, bias } = weights.heads[name];
  linear(plan, {
    label: name,
    matrix: weight,
    bias,
    ...rows,
    columns,
    norm: { weight: weights.norm, eps: config.rmsNormEps },
    finish: storeTo(y, headStride(model, name)),
  });
}
