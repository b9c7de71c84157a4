import { padTo8 } from "../../gpu/matrix.ts";
import type { Plan } from "../../gpu/plan.ts";
import { readFloats } from "../../gpu/readback.ts";
import { encodeInParts } from "../../gpu/submits.ts";
import { attentionWeights } from "../../ops/attention.ts";
import { promptTile } from "../../ops/attention_cut.ts";
import { rmsNorm } from "../../ops/embed_norm_gather.ts";
import type { Columns } from "../../ops/tuning.ts";
import type { ForwardCall } from "./forward_request.ts";
import type { LoadedModel } from "../weights/load.ts";
import { PickedHead, RecordedForward } from "./recorded_forward.ts";
import { rotaryFrequencies } from "./rotary.ts";
import { headShape, Workspace } from "../kv/workspace.ts";

/** Rows whose head results are computed at once. */
export const HEAD_ROWS = 64;

/** Adjacent rows of a forward that pass through the layers together. */
export class Chunk {
  readonly #outputs = new Map<string, GPUBuffer>();
  readonly #buffers: GPUBuffer[] = [];
  readonly #workspace: Workspace;
  readonly #layers: RecordedForward;
  #head: PickedHead | undefined;
  /** True if a sequence has several rows in the call. */
  readonly #prompt: boolean;

  constructor(
    readonly model: LoadedModel,
    call: ForwardCall,
    first: number,
    readonly count: number,
    length: number,
  ) {
    const { gpu, config } = model;
    const tile = promptTile(headShape(config), gpu.traits);
    const workspace = new Workspace(gpu, config, count, tile, call.kv);
    this.#workspace = workspace;
    const rows = call.rows.slice(first, first + count);
    this.#prompt = new Set(call.rows.map(({ slot }) => slot)).size < call.rows.length;
    // The rotary table has one row per row of the chunk, so positions may be arbitrary.
    workspace.setRows(rows.map((row, i) => ({ ...row, position: i })), call.keyCount);
    const rotations = this.#buffer("rotations", count * config.headDim * 4);
    gpu.write(rotations, 0, rotationsOf(model, rows.map(({ position }) => position), length));
    if (call.embeddings) this.#setEmbeddings(call.embeddings, first);
    const mask = call.mask && this.#maskOf(call.mask, first, call.keyCount);
    this.#layers = new RecordedForward(model, {
      workspace,
      kv: call.kv,
      rotations,
      columns: this.#layerColumns,
      mask,
      afterLayer: call.outputHiddenStates ? (layer, plan) => this.#keep(layer, plan) : undefined,
      onAttention: call.outputAttentions
        ? (layer, plan) => this.#keepWeights(layer, plan, call, mask)
        : undefined,
    }, call.embeddings !== undefined);
    if (call.outputLast || call.outputHiddenStates) this.#keepLast();
    if (call.head !== undefined) {
      const most = Math.min(HEAD_ROWS, count);
      this.#head = new PickedHead(model, call.head, workspace, { most, columns: this.#headColumns });
      this.#outputs.set("head", this.#head.y);
    }
  }

  async run(): Promise<void> {
    const { gpu } = this.model;
    await gpu.check();
    gpu.submit(encodeInParts(this.#layers.plan).finish());
  }

  /** Head results of some rows, [rows, width]. */
  async head(rows: readonly number[], width: number): Promise<Float32Array> {
    const { gpu } = this.model;
    this.#head!.pick(rows);
    await gpu.check();
    const encoder = gpu.device.createCommandEncoder();
    this.#head!.plan.encode(encoder);
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
    this.#head?.dispose();
    for (const buffer of this.#buffers) this.model.gpu.free(buffer);
  }

  /**
   * Tokens that the head processes at once: one if a software driver would spend more time compiling than computing.
   */
  get #headColumns(): number {
    return this.count <= (this.model.gpu.traits.software ? 32 : 1) ? 1 : 4;
  }

  /** Tokens that a layer processes at once. Prompts are computed the same way whatever their number of rows. */
  get #layerColumns(): Columns {
    return this.#prompt && !this.model.gpu.traits.software ? "prompt" : this.#headColumns;
  }

  /** Writes embeddings to the residual stream. */
  #setEmbeddings(embeddings: Float32Array, first: number): void {
    const { gpu, config: { hiddenSize } } = this.model;
    const { x, mirrors } = this.#workspace;
    const stride = padTo8(hiddenSize);
    const padded = new Float32Array(this.count * stride);
    for (let i = 0; i < this.count; i++) {
      const from = (first + i) * hiddenSize;
      padded.set(embeddings.subarray(from, from + hiddenSize), i * stride);
    }
    gpu.write(x, 0, padded);
    if (mirrors.x) gpu.writeTexture(mirrors.x, 0, 0, this.count, new Uint8Array(padded.buffer));
  }

  #maskOf(mask: Float32Array<ArrayBuffer>, first: number, keyCount: number): GPUBuffer {
    const buffer = this.#buffer("mask", this.count * keyCount * 4);
    this.model.gpu.write(buffer, 0, mask.slice(first * keyCount, (first + this.count) * keyCount));
    return buffer;
  }

  /** Copies the residual stream after a layer; the last layer's is only needed after the final norm. */
  #keep(layer: number, plan: Plan): void {
    const { config } = this.model;
    if (layer === config.numHiddenLayers) return;
    const bytes = this.count * padTo8(config.hiddenSize) * 4;
    const into = this.#output(`hidden ${layer}`, bytes);
    plan.copy(this.#workspace.x, into, () => [0, bytes]);
  }

  /** Copies a layer's attention weights. */
  #keepWeights(layer: number, plan: Plan, { kv, keyCount }: ForwardCall, mask?: GPUBuffer): void {
    const shape = headShape(this.model.config);
    attentionWeights(plan, {
      ...shape,
      q: this.#workspace.q,
      kv: kv.layers[layer],
      batch: this.#workspace.batch,
      weights: this.#output(`attention ${layer}`, this.count * shape.heads * keyCount * 4),
      keyCount,
      scale: shape.headDim ** -0.5,
      tokens: () => this.count,
      mask,
    });
  }

  /** Copies the hidden states after the final norm. */
  #keepLast(): void {
    const { config, weights } = this.model;
    rmsNorm(this.#layers.plan, {
      x: this.#workspace.x,
      y: this.#output("last", this.count * padTo8(config.hiddenSize) * 4),
      weight: weights.norm,
      width: config.hiddenSize,
      eps: config.rmsNormEps,
      batch: this.#workspace.batch,
      tokens: () => this.count,
    });
  }

  #output(name: string, bytes: number): GPUBuffer {
    const buffer = this.#buffer(name, bytes);
    this.#outputs.set(name, buffer);
    return buffer;
  }

  #buffer(label: string, bytes: number): GPUBuffer {
    const buffer = this.model.gpu.storage(label, bytes);
    this.#buffers.push(buffer);
    return buffer;
  }
}

/** cos and sin of each position, as in a forward over `length` positions. */
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
