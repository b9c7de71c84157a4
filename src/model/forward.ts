import { DataError } from "../errors.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { Plan } from "../gpu/plan.ts";
import { readFloats } from "../gpu/readback.ts";
import { attentionWeights, promptTile } from "../ops/attention.ts";
import { linear, storeTo } from "../ops/linear.ts";
import { rmsNorm } from "../ops/rows.ts";
import type { KeyValueCache } from "./cache.ts";
import { type ForwardContext, llamaModel } from "./llama.ts";
import type { LoadedModel } from "./load.ts";
import { rotaryFrequencies } from "./rotary.ts";
import { headShape, Workspace } from "./workspace.ts";

/** Most rows that go through the layers at once. */
const CHUNK = 256;

/** One forward: `rows` tokens, sequence after sequence. */
export interface ForwardCall {
  readonly rows: readonly {
    readonly token: number;
    readonly slot: number;
    readonly cachePosition: number;
    /** Position for the rotary embedding. */
    readonly position: number;
  }[];
  /** Embeddings instead of tokens, [rows, hidden size]. */
  readonly embeddings?: Float32Array;
  /** Additive mask, [rows, keyCount]; causal without it. */
  readonly mask?: Float32Array<ArrayBuffer>;
  /** Keys that a mask and the attention weights span. */
  readonly keyCount: number;
  /** Positions that the whole sequence reaches, where that is more than these rows do: fixes the rotary frequencies. */
  readonly length?: number;
  readonly cache: KeyValueCache;
  /** A head by name: gives its results for the rows that `keep` names. */
  readonly head?: string;
  /** Rows whose head results are wanted; all without it. */
  readonly keep?: readonly number[];
  readonly outputHiddenStates?: boolean;
  readonly outputAttentions?: boolean;
  /** The final norm of every row. */
  readonly outputLast?: boolean;
}

/** What a forward gives, row-major, rows in the order of the call. */
export interface ForwardResult {
  /** [kept rows, rows of the head]. */
  readonly head?: Float32Array;
  /** [rows, hidden size], after the final norm. */
  readonly last?: Float32Array;
  /** A layer: [rows, hidden size]: embeddings, every layer but the last, then the final norm. */
  readonly hiddenStates?: Float32Array[];
  /** A layer: [rows, heads, keyCount]. */
  readonly attentions?: Float32Array[];
}

/** Runs a forward of any shape, a chunk of rows at a time. For one made again and again, see the decoder's plans. */
export async function forward(model: LoadedModel, call: ForwardCall): Promise<ForwardResult> {
  const { gpu, config, weights } = model;
  const total = call.rows.length;
  const head = call.head === undefined ? undefined : weights.heads[call.head];
  const headRows = head?.weight.rows ?? 0;
  const keep = call.keep ?? call.rows.map((_, i) => i);
  const hidden = config.hiddenSize;
  const wantsLast = call.outputLast || call.outputHiddenStates;
  const result = {
    head: head && new Float32Array(keep.length * headRows),
    last: wantsLast ? new Float32Array(total * hidden) : undefined,
    hiddenStates: call.outputHiddenStates
      ? Array.from({ length: config.numHiddenLayers + 1 }, () => new Float32Array(total * hidden))
      : undefined,
    attentions: call.outputAttentions
      ? Array.from(
        { length: config.numHiddenLayers },
        () => new Float32Array(total * config.numAttentionHeads * call.keyCount),
      )
      : undefined,
  };
  const lookup = new Map(keep.map((row, i) => [row, i]));
  const length = call.length ?? call.rows.reduce((most, { position }) => Math.max(most, position), 0) + 1;
  for (let first = 0; first < total; first += CHUNK) {
    const rows = call.rows.slice(first, first + CHUNK);
    const chunk = new Chunk(model, call, first, rows.length, length);
    try {
      await gpu.check();
      await chunk.run();
      if (result.head) {
        const logits = await chunk.read("head", headRows);
        rows.forEach((_, i) => {
          const to = lookup.get(first + i);
          if (to !== undefined) {
            result.head!.set(logits.subarray(i * headRows, (i + 1) * headRows), to * headRows);
          }
        });
      }
      if (result.last) result.last.set(await chunk.read("last", hidden), first * hidden);
      for (const [layer, states] of result.hiddenStates?.entries() ?? []) {
        const name = layer === config.numHiddenLayers ? "last" : `hidden ${layer}`;
        states.set(await chunk.read(name, hidden), first * hidden);
      }
      for (const [layer, states] of result.attentions?.entries() ?? []) {
        const width = config.numAttentionHeads * call.keyCount;
        states.set(await chunk.read(`attention ${layer}`, width, false), first * width);
      }
    } finally {
      chunk.dispose();
    }
  }
  return result;
}

/** Some neighbouring rows of a forward on their way through the layers. */
class Chunk {
  readonly #outputs = new Map<string, GPUBuffer>();
  readonly #buffers: GPUBuffer[] = [];
  readonly #workspace: Workspace;
  readonly #plan: Plan;

  constructor(
    readonly model: LoadedModel,
    call: ForwardCall,
    first: number,
    readonly count: number,
    length: number,
  ) {
    const { gpu, config, weights } = model;
    const shape = headShape(config);
    const workspace = new Workspace(gpu, config, count, promptTile(shape), call.cache.capacity);
    this.#workspace = workspace;
    const rows = call.rows.slice(first, first + count);
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
    }
    let mask: GPUBuffer | undefined;
    if (call.mask) {
      mask = this.#buffer("mask", count * call.keyCount * 4);
      gpu.write(mask, 0, call.mask.slice(first * call.keyCount, (first + count) * call.keyCount));
    }
    const plan = new Plan(gpu);
    this.#plan = plan;
    const tokens = () => count;
    const context: ForwardContext = {
      config,
      workspace,
      cache: call.cache,
      rotations,
      columns: 4,
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
    const head = call.head === undefined ? undefined : weights.heads[call.head];
    if (head) {
      const y = this.#buffer("head", count * padTo8(head.weight.rows) * 4);
      this.#outputs.set("head", y);
      linear(plan, {
        label: call.head!,
        matrix: head.weight,
        bias: head.bias,
        x: workspace.x,
        batch: workspace.batch,
        tokens,
        columns: 4,
        norm: { weight: weights.norm, eps: config.rmsNormEps },
        finish: storeTo(y, padTo8(head.weight.rows)),
      });
    }
  }

  async run(): Promise<void> {
    const { gpu } = this.model;
    await gpu.check();
    const encoder = gpu.device.createCommandEncoder();
    this.#plan.encode(encoder);
    gpu.device.queue.submit([encoder.finish()]);
  }

  /** Reads an output of [count, width], whose rows are padded to 8 floats. */
  async read(name: string, width: number, padded = true): Promise<Float32Array> {
    const stride = padded ? padTo8(width) : width;
    const floats = await readFloats(this.model.gpu, this.#outputs.get(name)!, this.count * stride);
    if (stride === width) return floats;
    const tight = new Float32Array(this.count * width);
    for (let i = 0; i < this.count; i++) {
      tight.set(floats.subarray(i * stride, i * stride + width), i * width);
    }
    return tight;
  }

  dispose(): void {
    this.#workspace.dispose();
    for (const buffer of this.#buffers) this.model.gpu.free(buffer);
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

/** @throws DataError when a token is not in the vocabulary */
export function checkTokens(ids: readonly number[], vocabSize: number): void {
  for (const id of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw new DataError(`token id ${id}: expected a whole number from 0 to ${vocabSize - 1}`);
    }
  }
}
