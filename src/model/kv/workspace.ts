import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { padTo8 } from "../../gpu/matrix.ts";
import { partialBytes } from "../../ops/attention.ts";
import { promptParts, splitsOf } from "../../ops/attention_cut.ts";
import { freshBytes } from "../../ops/keep_kv.ts";
import type { KvDtype } from "../../ops/kv_layer.ts";
import type { Activations, Row } from "../state/state.ts";
import type { KvBuffers, KvShape } from "./kv_buffers.ts";
import { type HeadShape, headStride } from "../../ops/linear.ts";

/** Head shape of a config. */
export function headShape(config: LlamaConfig): HeadShape {
  return { heads: config.numAttentionHeads, kvHeads: config.numKeyValueHeads, headDim: config.headDim };
}

/** Shape and storage type of the KV buffers of a config. */
export function kvShape(config: LlamaConfig, dtype: KvDtype): KvShape {
  return { ...headShape(config), layers: config.numHiddenLayers, dtype };
}

/**
 * The activations of a forward over at most `tokens` rows, and the description of those rows. A plan is
 * recorded against one workspace; `count` and `splits` then set how much of it a run uses.
 */
export class Workspace implements Activations {
  readonly x: GPUBuffer;
  readonly q: GPUBuffer;
  readonly fresh: GPUBuffer | undefined;
  readonly attended: GPUBuffer;
  readonly inner: GPUBuffer;
  readonly mirrors: Activations["mirrors"];
  readonly partial: GPUBuffer;
  readonly batch: GPUBuffer;
  readonly tiles: GPUBuffer;
  /** Rows in use. */
  count = 0;
  /** Tiles in use. */
  tileCount = 0;
  /** Splits of the keys in use. */
  splits = 1;
  /** Positions that the rows attend to. */
  reach = 0;
  /** Set if attention of a prompt takes several dispatches. */
  readonly parts: Activations["parts"];

  readonly capacity: number;

  /**
   * @param tileTokens maximum tokens per attention tile; 1 if the keys are split instead
   * @param kv the KV buffers that the forward writes
   */
  constructor(
    readonly gpu: Gpu,
    config: LlamaConfig,
    readonly tokens: number,
    readonly tileTokens: number,
    kv: Pick<KvBuffers, "slots" | "capacity" | "keepsLater">,
  ) {
    const { capacity } = kv;
    this.capacity = capacity;
    const shape = headShape(config);
    const floats = (label: string, width: number) => gpu.storage(label, tokens * padTo8(width) * 4);
    this.x = floats("hidden states", config.hiddenSize);
    this.q = gpu.storage("queries", tokens * shape.heads * headStride(shape.headDim) * 4);
    this.fresh = kv.keepsLater ? gpu.storage("new keys and values", freshBytes(shape, tokens)) : undefined;
    this.attended = floats("attention output", shape.heads * shape.headDim);
    this.inner = floats("mlp activations", config.intermediateSize);
    const most = gpu.device.limits.maxTextureDimension2D;
    const mirror = (label: string, width: number) =>
      gpu.traits.software && padTo8(width) / 4 <= most && tokens <= most
        ? gpu.mirror(`${label} mirror`, padTo8(width) / 4, tokens)
        : undefined;
    this.mirrors = {
      x: mirror("hidden states", config.hiddenSize),
      attended: shape.headDim % 4 === 0 ? mirror("attention output", shape.heads * shape.headDim) : undefined,
      inner: mirror("mlp activations", config.intermediateSize),
    };
    const parts = tileTokens === 1
      ? undefined
      : promptParts(shape, { tokens, slots: kv.slots, capacity }, gpu.traits);
    this.parts = parts;
    const splits = tileTokens === 1 ? splitsOf(capacity, gpu.traits) : 1;
    this.partial = gpu.storage("attention splits", parts?.bytes ?? partialBytes(shape, tokens, splits));
    this.batch = gpu.storage("batch", 16 + tokens * 16);
    this.tiles = gpu.storage("tiles", tokens * 8);
  }

  /**
   * Sets the rows; those of one slot must be adjacent, in order of position.
   * @param keyCount positions that they attend to; default: up to the last of them
   */
  setRows(
    rows: readonly Row[],
    keyCount: number = rows.reduce((most, { cachePosition }) => Math.max(most, cachePosition + 1), 0),
  ): void {
    const words = new Uint32Array(4 + rows.length * 4);
    words.set([rows.length, this.capacity, keyCount, keyCount]);
    rows.forEach((row, i) => words.set([row.token, row.slot, row.cachePosition, row.position], 4 + i * 4));
    this.gpu.write(this.batch, 0, words);
    const tiles: number[] = [];
    for (let first = 0; first < rows.length;) {
      let count = 1;
      while (count < this.tileTokens && rows[first + count]?.slot === rows[first].slot) count++;
      tiles.push(first, count);
      first += count;
    }
    this.gpu.write(this.tiles, 0, new Uint32Array(tiles));
    this.count = rows.length;
    this.tileCount = tiles.length / 2;
    this.reach = keyCount;
  }

  /** Sets the length of the longest sequence, which determines how the keys are split. */
  setReach(positions: number): void {
    this.reach = positions;
    this.splits = this.tileTokens === 1 ? splitsOf(positions, this.gpu.traits) : 1;
  }

  dispose(): void {
    for (const texture of Object.values(this.mirrors)) if (texture) this.gpu.free(texture);
    const { x, q, fresh, attended, inner, partial, batch, tiles } = this;
    for (const buffer of [x, q, fresh, attended, inner, partial, batch, tiles]) {
      if (buffer) this.gpu.free(buffer);
    }
  }
}
