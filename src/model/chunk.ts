import { padTo8 } from "../gpu/matrix.ts";
import { Plan } from "../gpu/plan.ts";
import { readFloats } from "../gpu/readback.ts";
import { encodeInParts } from "../gpu/submits.ts";
import { attentionWeights, promptTile } from "../ops/attention.ts";
import { linear, storeTo } from "../ops/linear.ts";
import { gather, rmsNorm } from "../ops/rows.ts";
import type { Columns } from "../ops/tuning.ts";
import type { ForwardCall } from "./forward_call.ts";
import { type ForwardContext, llamaModel } from "./llama.ts";
import type { LoadedModel } from "./load.ts";
import { rotaryFrequencies } from "./rotary.ts";
import { headShape, Workspace } from "./workspace.ts";

/** Rows whose head results are computed at once. */
export const HEAD_ROWS = 64;

/** Some neighbouring rows of a forward on their way through the layers. */
export class Chunk {
  readonly #outputs = new Map<string, GPUBuffer>();
  readonly #buffers: GPUBuffer[] = [];
  readonly #workspace: Workspace;
  readonly #plan: Plan;
  readonly #headPlan: Plan;
  /** Whether some sequence has several rows in the whole call. */
  readonly #prompt: boolean;
  #picked = 0;

  constructor(
    readonly model: LoadedModel,
    call: ForwardCall,
    first: number,
    readonly count: number,
    length: number,
  ) {
    const { gpu, config, weights } = model;
    const shape = headShape(config);
    const workspace = new Workspace(gpu, config, count, promptTile(shape, gpu.traits), call.cache.capacity);
    this.#workspace = workspace;
    const rows = call.rows.slice(first, first + count);
    this.#prompt = new Set(call.rows.map(({ slot }) => slot)).size < call.rows.length;
    // The rotary table has a row for each row of the chunk, so that positions may be anything.
    workspace.setRows(rows.map((row, i) => ({ ...row, position: i })), call.keyCount);
    const rotations = this.#buffer("rotations", count * config.headDim * 4);
    gpu.write(rotations, 0, rotationsOf(model, rows.map(({ position }) => position), length));
    if (call.embeddings) {
      const stride = padTo8(config.hiddenSize);
      const padded = new Float32Array(count * stride);
      for (let i = 0; i < count; i++) {
        const from = (first + i) * config.hiddenSize;
        padded.set(call.embeddings.subarray(from, from + config.hiddenSize), i * stride);
      }
      gpu.write(workspace.x, 0, padded);
      if (workspace.mirrors.x) {
        gpu.writeTexture(workspace.mirrors.x, 0, 0, count, new Uint8Array(padded.buffer));
      }
    }
    let mask: GPUBuffer | undefined;
    if (call.mask) {
      mask = this.#buffer("mask", count * call.keyCount * 4);
      gpu.write(mask, 0, call.mask.slice(first * call.keyCount, (first + count) * call.keyCount));
    }
    const plan = new Plan(gpu);
    this.#plan = plan;
    this.#headPlan = new Plan(gpu);
    const tokens = () => count;
    const context: ForwardContext = {
      config,
      workspace,
      cache: call.cache,
      rotations,
      columns: this.#layerColumns,
      mask,
      afterLayer: call.outputHiddenStates ? (layer) => this.#keep(layer) : undefined,
      onAttention: call.outputAttentions
        ? (layer) => {
          const into = this.#buffer(`attention ${layer}`, count * shape.heads * call.keyCount * 4);
          this.#outputs.set(`attention ${layer}`, into);
          attentionWeights(plan, {
            ...shape,
            q: workspace.q,
            keys: call.cache.layers[layer].keys,
            batch: workspace.batch,
            weights: into,
            keyCount: call.keyCount,
            scale: shape.headDim ** -0.5,
            tokens,
            mask,
          });
        }
        : undefined,
    };
    llamaModel(plan, weights, context, call.embeddings !== undefined);
    if (call.outputLast || call.outputHiddenStates) {
      const y = this.#buffer("last", count * padTo8(config.hiddenSize) * 4);
      this.#outputs.set("last", y);
      rmsNorm(plan, {
        x: workspace.x,
        y,
        weight: weights.norm,
        width: config.hiddenSize,
        eps: config.rmsNormEps,
        batch: workspace.batch,
        tokens,
      });
    }
    if (call.head !== undefined) this.#recordHead(call.head);
  }

  async run(): Promise<void> {
    const { gpu } = this.model;
    await gpu.check();
    gpu.submit(encodeInParts(this.#plan).finish());
  }

  /** What the head makes of some rows, [rows, width]. */
  async head(rows: readonly number[], width: number): Promise<Float32Array> {
    const { gpu } = this.model;
    this.#picked = rows.length;
    gpu.write(this.#outputs.get("picked")!, 0, new Uint32Array([rows.length, ...rows]));
    gpu.write(this.#outputs.get("picked batch")!, 0, new Uint32Array([rows.length]));
    await gpu.check();
    const encoder = gpu.device.createCommandEncoder();
    this.#headPlan.encode(encoder);
    gpu.submit(encoder.finish());
    return await this.read("head", width, true, rows.length);
  }

  /** Reads an output of [count, width], whose rows are padded to 8 floats. */
  async read(name: string, width: number, padded = true, count = this.count): Promise<Float32Array> {
    const stride = padded ? padTo8(width) : width;
    const floats = await readFloats(this.model.gpu, this.#outputs.get(name)!, count * stride);
    if (stride === width) return floats;
    const tight = new Float32Array(count * width);
    for (let i = 0; i < count; i++) {
      tight.set(floats.subarray(i * stride, i * stride + width), i * width);
    }
    return tight;
  }

  dispose(): void {
    this.#workspace.dispose();
    for (const buffer of this.#buffers) this.model.gpu.free(buffer);
  }

  /** Records the head for up to HEAD_ROWS rows that are picked when it runs. */
  #recordHead(name: string): void {
    const { config, weights } = this.model;
    const head = weights.heads[name];
    const most = Math.min(HEAD_ROWS, this.count);
    const output = (label: string, bytes: number) => {
      const buffer = this.#buffer(label, bytes);
      this.#outputs.set(label, buffer);
      return buffer;
    };
    const picked = output("picked", (1 + most) * 4);
    const batch = output("picked batch", 32);
    const x = output("picked hidden states", most * padTo8(config.hiddenSize) * 4);
    const y = output("head", most * padTo8(head.weight.rows) * 4);
    const tokens = () => this.#picked;
    gather(this.#headPlan, {
      index: picked,
      x: this.#workspace.x,
      y: x,
      width: config.hiddenSize,
      count: tokens,
    });
    linear(this.#headPlan, {
      label: name,
      matrix: head.weight,
      bias: head.bias,
      x,
      batch,
      tokens,
      columns: this.#headColumns,
      norm: { weight: weights.norm, eps: config.rmsNormEps },
      finish: storeTo(y, padTo8(head.weight.rows)),
    });
  }

  /** Tokens that the head takes at once: one where a software driver would compile longer than it computes. */
  get #headColumns(): number {
    return this.count <= (this.model.gpu.traits.software ? 32 : 1) ? 1 : 4;
  }

  /** The same in layers. Prompts are computed in the same way however many rows they have. */
  get #layerColumns(): Columns {
    return this.#prompt && !this.model.gpu.traits.software ? "prompt" : this.#headColumns;
  }

  /** Keeps the residual stream as it stands; the last layer's is only wanted after the final norm. */
  #keep(layer: number): void {
    const { config } = this.model;
    if (layer === config.numHiddenLayers) return;
    const bytes = this.count * padTo8(config.hiddenSize) * 4;
    const into = this.#buffer(`hidden ${layer}`, bytes);
    this.#outputs.set(`hidden ${layer}`, into);
    this.#plan.copy(this.#workspace.x, into, () => [0, bytes]);
  }

  #buffer(label: string, bytes: number): GPUBuffer {
    const buffer = this.model.gpu.storage(label, bytes);
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** cos and sin of each position, as in a forward that reaches `length` positions. */
function rotationsOf(
  { config }: LoadedModel,
  positions: number[],
  length: number,
): Float32Array<ArrayBuffer> {
  const { inverse, attentionScaling } = rotaryFrequencies(config, length);
  const table = new Float32Array(positions.length * inverse.length * 2);
  positions.forEach((position, row) => {
    inverse.forEach((frequency, i) => {
      const angle = Math.fround(frequency * position);
      table[(row * inverse.length + i) * 2] = Math.cos(angle) * attentionScaling;
      table[(row * inverse.length + i) * 2 + 1] = Math.sin(angle) * attentionScaling;
    });
  });
  return table;
}
