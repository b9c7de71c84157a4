import { link } from "../gpu/link.ts";
import type { GpuTraits } from "../gpu/gpu.ts";
import type { Cost, Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { type CacheMirrors, type HeadShape, headStride } from "./linear.ts";

/** Keys that one workgroup takes where the keys are split; fixed, so that results do not depend on neighbours. */
export const SPLIT_KEYS = 256;

/** Attention of the batch's queries over the cache. */
export interface AttentionStep extends HeadShape {
  readonly label: string;
  /** Queries, [tokens, heads, head stride], float32. */
  readonly q: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  /** The same as textures, where the cache keeps them. */
  readonly cacheMirrors?: CacheMirrors;
  readonly batch: GPUBuffer;
  /** First token and number of tokens of each tile, u32 pairs. */
  readonly tiles: GPUBuffer;
  /** Most tokens a tile has. */
  readonly tileTokens: number;
  /** Result, [tokens, outStride], float32. */
  readonly out: GPUBuffer;
  readonly outStride: number;
  /** The same as a texture, where it is kept; head_dim must be a multiple of 4 then. */
  readonly outMirror?: GPUTexture;
  /** Room for the splits: {@link partialBytes}. */
  readonly partial: GPUBuffer;
  readonly scale: number;
  readonly tokens: () => number;
  readonly tileCount: () => number;
  /** How many splits the keys take now; more than one only with tiles of one token. */
  readonly splits: () => number;
  /** Positions that the longest sequence holds, for measurements. */
  readonly reach?: () => number;
  /** Explicit float mask, [tokens, mask stride]; causal without it. */
  readonly mask?: GPUBuffer;
}

/** Bytes that the splits of some tokens need. */
export function partialBytes(shape: HeadShape, tokens: number, splits: number): number {
  return splits < 2 ? 16 : tokens * shape.heads * splits * (4 + headStride(shape.headDim)) * 4;
}

/** Tokens that are best served together in a prompt. */
export function promptTile(shape: HeadShape, traits: AttentionTraits): number {
  return Math.max(1, Math.floor(mostQueries(traits) / headGroup(shape, traits)));
}

/** What of a device decides how attention is cut. */
type AttentionTraits = Pick<GpuTraits, "software" | "subgroupSize">;

/**
 * Queries that a workgroup serves at most. 16; 8 on a software driver, which takes three times as long to compile 16 and
 * is no faster then; 4 where its subgroups have 4 threads: SwiftShader compiles attention_lanes for 4 queries in 2 s, 5
 * in 4, 6 in 12, and 8 in gigabytes and many minutes.
 */
function mostQueries({ software, subgroupSize }: AttentionTraits): number {
  return software ? subgroupSize === 4 ? 4 : 8 : 16;
}

/** Query heads of a key head that one workgroup serves: the largest divisor that is at most 8. */
function headGroup({ heads, kvHeads }: HeadShape, traits: AttentionTraits): number {
  const group = heads / kvHeads;
  let best = 1;
  for (let n = 1; n <= Math.min(group, 8, mostQueries(traits)); n++) if (group % n === 0) best = n;
  return best;
}

/** Appends the attention step, and the one that merges splits. */
export function attention(plan: Plan, step: AttentionStep): void {
  const { traits } = plan.gpu;
  const group = headGroup(step, traits);
  const vecs = headStride(step.headDim) / 4;
  const threads = 64;
  const { software, subgroupSize: lanes } = traits;
  // A real GPU would idle with one subgroup a workgroup.
  const byLanes = software && lanes > 0 && vecs % lanes === 0 &&
    step.tileTokens * group <= mostQueries(traits);
  const shared = { HEADS: step.heads, WIDTH: step.headDim, VECS: vecs, OUT_STRIDE: step.outStride };
  const out = [kernels.mirror[step.outMirror ? "texture" : "buffer"], kernels.attentionOut];
  const code = link([
    kernels.batchLayout,
    kernels.batch,
    kernels.cache[step.cacheMirrors ? "texture" : "buffer"],
    step.mask ? kernels.maskGiven : kernels.maskCausal,
    ...out,
    kernels.attentionTile,
    kernels[byLanes ? "attentionLanes" : "attention"],
  ], {
    ...shared,
    KV_HEADS: step.kvHeads,
    GROUP: group,
    TILE: step.tileTokens,
    SPLIT: SPLIT_KEYS,
    SCALE: step.scale,
    ...(byLanes ? { LANES: lanes, KEYS: 4 } : {
      KEYS: 64,
      THREADS: threads,
      OWNED: Math.ceil(step.tileTokens * group * vecs / threads),
    }),
  });
  plan.add(
    step.label,
    code,
    {
      0: step.q,
      1: step.cacheMirrors?.keys ?? step.keys,
      2: step.batch,
      3: step.cacheMirrors?.values ?? step.values,
      4: step.tiles,
      5: step.out,
      6: step.partial,
      7: step.mask,
      9: step.outMirror,
    },
    (): Workgroups => [step.tileCount(), step.heads / group, step.splits()],
    step.reach && (() => attentionCost(step, step.tokens(), step.reach!())),
  );
  if (step.tileTokens > 1) return;
  plan.add(
    `${step.label} combine`,
    link([...out, kernels.attentionCombine], shared),
    { 0: step.partial, 5: step.out, 9: step.outMirror },
    (): Workgroups => {
      const splits = step.splits();
      return splits < 2 ? [0, 0, 0] : [Math.ceil(step.heads * vecs / 64), step.tokens(), splits];
    },
    () => ({
      bytes: partialBytes(step, step.tokens(), step.splits()),
      operations: 2 * step.tokens() * step.heads * step.splits() * step.headDim,
    }),
  );
}

/**
 * What attention reads and computes: tokens of a prompt are the last of one sequence and look back, one for all key
 * by key; tokens with tiles of their own are of sequences that all reach as far.
 */
function attentionCost(shape: HeadShape & { tileTokens: number }, tokens: number, reach: number): Cost {
  const { heads, kvHeads, headDim, tileTokens } = shape;
  const positions = tileTokens > 1 ? reach : tokens * reach;
  const pairs = tileTokens > 1 ? tokens * reach - tokens * (tokens - 1) / 2 : tokens * reach;
  return {
    bytes: 4 * headDim * (2 * kvHeads * positions + heads * tokens),
    operations: 4 * heads * headDim * pairs,
  };
}

/** Appends the attention weights themselves, [tokens, heads, keyCount], float32: only for those who ask to see them. */
export function attentionWeights(
  plan: Plan,
  step: HeadShape & {
    q: GPUBuffer;
    keys: GPUBuffer;
    batch: GPUBuffer;
    weights: GPUBuffer;
    keyCount: number;
    scale: number;
    tokens: () => number;
    mask?: GPUBuffer;
  },
): void {
  const code = link([
    kernels.batchLayout,
    kernels.batch,
    step.mask ? kernels.maskGiven : kernels.maskCausal,
    kernels.reduceWorkgroup,
    kernels.attentionWeights,
  ], {
    HEADS: step.heads,
    KV_HEADS: step.kvHeads,
    VECS: headStride(step.headDim) / 4,
    KEY_COUNT: step.keyCount,
    SCALE: step.scale,
  });
  plan.add(
    "attention weights",
    code,
    { 0: step.q, 1: step.keys, 2: step.batch, 3: step.weights, 7: step.mask },
    (): Workgroups => [step.tokens(), step.heads, 1],
  );
}
