import { type KernelConstants, link } from "../gpu/link.ts";
import { padTo8 } from "../gpu/matrix.ts";
import type { GpuTraits } from "../gpu/gpu.ts";
import type { Cost, Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { type KvLayer, kvReader, kvRowBytes, type KvShare, kvTexels } from "./kv_layer.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** Keys per workgroup if the keys are split; fixed, so that results do not depend on the batch. */
export const SPLIT_KEYS = 256;

/**
 * The part of a workspace that attention reads and writes. The counts of used elements are read at run time.
 */
export interface AttentionSpace {
  /** Queries, [tokens, heads, head stride], float32. */
  readonly q: GPUBuffer;
  readonly batch: GPUBuffer;
  /** First token and number of tokens of each tile, u32 pairs. */
  readonly tiles: GPUBuffer;
  /** Maximum tokens per tile. */
  readonly tileTokens: number;
  /** Results, [tokens, heads · head dim padded to 8], float32. */
  readonly attended: GPUBuffer;
  /** Results mirrored in a texture, if present; head_dim must be a multiple of 4 then. */
  readonly mirrors: { readonly attended?: GPUTexture };
  /** Scratch space for the splits: {@link partialBytes}. */
  readonly partial: GPUBuffer;
  /** Tokens in use. */
  readonly count: number;
  readonly tileCount: number;
  /** Number of splits of the keys; more than one only with tiles of one token. */
  readonly splits: number;
  /** Positions of the longest sequence, for measurements. */
  readonly reach: number;
}

/** Attention of the workspace's queries over one layer of the cache. */
export interface AttentionStep extends HeadShape {
  readonly label: string;
  readonly workspace: AttentionSpace;
  readonly kv: KvLayer;
  /** Explicit float mask, [tokens, mask stride]; default: causal. */
  readonly mask?: GPUBuffer;
}

/** Bytes that the splits of `tokens` tokens need. */
export function partialBytes(shape: HeadShape, tokens: number, splits: number): number {
  return splits < 2 ? 16 : tokens * shape.heads * splits * (4 + headStride(shape.headDim)) * 4;
}

/** Best number of prompt tokens per tile. */
export function promptTile(shape: HeadShape, traits: AttentionTraits): number {
  return Math.max(1, Math.floor(mostQueries(traits) / headGroup(shape, traits)));
}

/** Device traits that determine how attention is split into workgroups. */
type AttentionTraits = Pick<GpuTraits, "software" | "subgroupSize">;

/**
 * Maximum queries per workgroup: 16 on GPUs; 8 on a software driver, where 16 takes three times as long to compile
 * and is no faster; 4 if its subgroups have 4 threads. SwiftShader compiles attention_lanes for 4 queries in 2 s, for
 * 5 in 4 s and for 6 in 12 s; 8 take many minutes and gigabytes of memory.
 */
function mostQueries({ software, subgroupSize }: AttentionTraits): number {
  return software ? subgroupSize === 4 ? 4 : 8 : 16;
}

/** Query heads of a key head per workgroup: the largest divisor that is at most 8. */
function headGroup({ heads, kvHeads }: HeadShape, traits: AttentionTraits): number {
  const group = heads / kvHeads;
  let best = 1;
  for (let n = 1; n <= Math.min(group, 8, mostQueries(traits)); n++) if (group % n === 0) best = n;
  return best;
}

/** Appends softmax(q k / sqrt(head_dim)) v of every query, and the step that merges splits. */
export function attention(plan: Plan, step: AttentionStep): void {
  const { label, heads, headDim, workspace, kv, mask } = step;
  const { q, batch, tiles, tileTokens, attended, partial } = workspace;
  const mirror = workspace.mirrors.attended;
  const group = headGroup(step, plan.gpu.traits);
  const vecs = headStride(headDim) / 4;
  const shared = { HEADS: heads, WIDTH: headDim, VECS: vecs, OUT_STRIDE: padTo8(heads * headDim) };
  const out = [kernels.mirror[mirror ? "texture" : "buffer"], kernels.attentionOut];
  const team = teamOf(plan.gpu.traits, tileTokens * group, vecs);
  for (const share of kv.shares) {
    const { keys, values } = kv.mirrors ?? share;
    const code = link([
      kernels.batchLayout,
      kernels.batch,
      ...kvReader(kv),
      mask ? kernels.maskGiven : kernels.maskCausal,
      ...out,
      kernels.attentionTile,
      team.kernel,
    ], {
      ...shared,
      ...shareConstants(step, share),
      GROUP: group,
      TILE: tileTokens,
      SPLIT: SPLIT_KEYS,
      SCALE: headDim ** -0.5,
      ...team.constants,
    });
    plan.add(
      label,
      code,
      { 0: q, 1: keys, 2: batch, 3: values, 4: tiles, 5: attended, 6: partial, 7: mask, 9: mirror },
      (): Workgroups => [workspace.tileCount, queryHeads(step, share) / group, workspace.splits],
      () => attentionCost(step, share, workspace),
    );
  }
  if (tileTokens > 1) return;
  plan.add(
    `${label} combine`,
    link([...out, kernels.attentionCombine], shared),
    { 0: partial, 5: attended, 9: mirror },
    (): Workgroups => {
      const { splits, count } = workspace;
      return splits < 2 ? [0, 0, 0] : [Math.ceil(heads * vecs / 64), count, splits];
    },
    () => ({
      bytes: partialBytes(step, workspace.count, workspace.splits),
      operations: 2 * workspace.count * heads * workspace.splits * headDim,
    }),
  );
}

/**
 * The threads that process the queries of a tile: a subgroup on software drivers if possible, else a
 * workgroup.
 */
function teamOf(
  traits: AttentionTraits,
  queries: number,
  vecs: number,
): { kernel: string; constants: KernelConstants } {
  const { software, subgroupSize: lanes } = traits;
  // A hardware GPU would idle with one subgroup per workgroup.
  if (software && lanes > 0 && vecs % lanes === 0 && queries <= mostQueries(traits)) {
    return { kernel: kernels.attentionLanes, constants: { LANES: lanes, KEYS: 4 } };
  }
  const threads = 64;
  const owned = Math.ceil(queries * vecs / threads);
  return { kernel: kernels.attention, constants: { KEYS: 64, THREADS: threads, OWNED: owned } };
}

/** Number of query heads that read a share. */
function queryHeads({ heads, kvHeads }: HeadShape, share: KvShare): number {
  return share.heads * heads / kvHeads;
}

/** Constants that tell a kernel which heads a share has. */
function shareConstants({ heads, kvHeads }: HeadShape, { firstHead, heads: own }: KvShare): KernelConstants {
  const group = heads / kvHeads;
  return { KV_HEADS: own, KEY_GROUP: group, FIRST_HEAD: firstHead * group };
}

/**
 * Bytes and operations of attention over a share: prompt tokens are the last of one sequence and share its keys;
 * tokens with their own tiles belong to sequences of equal length.
 */
function attentionCost(step: AttentionStep, share: KvShare, space: AttentionSpace): Cost {
  const { headDim, kv } = step;
  const { tileTokens, count: tokens, reach } = space;
  const heads = queryHeads(step, share);
  const rowBytes = kv.mirrors ? 16 * kvTexels(headDim, kv.dtype) : kvRowBytes(headDim, kv.dtype);
  const positions = tileTokens > 1 ? reach : tokens * reach;
  const pairs = tileTokens > 1 ? tokens * reach - tokens * (tokens - 1) / 2 : tokens * reach;
  return {
    bytes: 2 * share.heads * positions * rowBytes + 4 * headDim * heads * tokens,
    operations: 4 * heads * headDim * pairs,
  };
}

/** Appends the attention weights, [tokens, heads, keyCount], float32: only if they are requested. */
export function attentionWeights(
  plan: Plan,
  step: HeadShape & {
    q: GPUBuffer;
    kv: KvLayer;
    batch: GPUBuffer;
    weights: GPUBuffer;
    keyCount: number;
    scale: number;
    tokens: () => number;
    mask?: GPUBuffer;
  },
): void {
  const { kv: { dtype, shares }, heads, headDim, keyCount, scale } = step;
  for (const share of shares) {
    const code = link([
      kernels.batchLayout,
      kernels.batch,
      ...kvReader({ dtype }),
      step.mask ? kernels.maskGiven : kernels.maskCausal,
      kernels.reduceWorkgroup,
      kernels.attentionWeights,
    ], {
      HEADS: heads,
      ...shareConstants(step, share),
      VECS: headStride(headDim) / 4,
      KEY_COUNT: keyCount,
      SCALE: scale,
    });
    plan.add(
      "attention weights",
      code,
      { 0: step.q, 1: share.keys, 2: step.batch, 4: step.weights, 7: step.mask },
      (): Workgroups => [step.tokens(), queryHeads(step, share), 1],
    );
  }
}
