import { type KernelConstants, link } from "../gpu/link.ts";
import { padTo8 } from "../gpu/matrix.ts";
import type { Cost, Plan, Workgroups } from "../gpu/plan.ts";
import { attentionCut, spanConstants } from "./attention_cut.ts";
import { kernels } from "./kernels.ts";
import { type KvLayer, kvReader, kvRowBytes, type KvShare, kvTexels } from "./kv_layer.ts";
import { type HeadShape, headStride } from "./linear.ts";

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
  /** Scratch space for splits, {@link partialBytes}, or for parts, {@link promptParts}; zero at first. */
  readonly partial: GPUBuffer;
  /** Tokens in use. */
  readonly count: number;
  readonly tileCount: number;
  /** Number of splits of the keys; more than one only with tiles of one token. */
  readonly splits: number;
  /** Positions that the rows attend to. */
  readonly reach: number;
  /** Set if a prompt is divided into dispatches: maximum keys of one, and the number of them. */
  readonly parts?: { readonly keys: number; readonly most: number };
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

/** Appends softmax(q k / sqrt(head_dim)) v of every query, and the step that merges splits. */
export function attention(plan: Plan, step: AttentionStep): void {
  const { label, heads, headDim, workspace, kv, mask } = step;
  const { q, batch, tiles, tileTokens, attended, partial, parts } = workspace;
  const mirror = workspace.mirrors.attended;
  const { traits } = plan.gpu;
  const vecs = headStride(headDim) / 4;
  const shared = { HEADS: heads, WIDTH: headDim, VECS: vecs, OUT_STRIDE: padTo8(heads * headDim) };
  const out = [kernels.mirror[mirror ? "texture" : "buffer"], kernels.attentionOut];
  const rows = [kernels.batchLayout, kernels.batch, mask ? kernels.maskGiven : kernels.maskCausal];
  const { group, columns = 1, ...cut } = attentionCut(step, tileTokens, traits, parts?.keys);
  const splits = cut.parts.includes(kernels.attentionSpan);
  for (const share of kv.shares) {
    const { keys, values } = kv.mirrors ?? share;
    const code = link([
      ...rows,
      ...kvReader(kv),
      ...out,
      kernels.attentionTile,
      ...cut.parts,
    ], {
      ...shared,
      ...shareConstants(step, share),
      GROUP: group,
      TILE: tileTokens,
      SCALE: headDim ** -0.5,
      ...(splits ? spanConstants(traits) : {}),
      ...cut.constants,
    });
    const dispatches = () => Math.ceil(workspace.reach / (parts?.keys ?? Infinity)) || 1;
    const part = (i: number): Workgroups =>
      i < dispatches()
        ? [workspace.tileCount, queryHeads(step, share) / group, columns * workspace.splits]
        : [0, 0, 0];
    const cost = () => attentionCost(step, share, workspace, dispatches());
    plan.add(
      label,
      code,
      {
        ...{ 0: q, 1: keys, 2: batch, 3: values, 4: tiles, 5: attended, 7: mask, 9: mirror },
        6: splits || parts ? partial : undefined,
      },
      () => part(0),
      cost,
    );
    for (let i = 1; i < (parts?.most ?? 1); i++) plan.again(() => part(i), cost);
  }
  if (tileTokens > 1) return;
  plan.add(
    `${label} combine`,
    link([...rows, ...out, kernels.attentionSpan, kernels.attentionCombine], {
      ...shared,
      ...spanConstants(traits),
    }),
    { 0: partial, 2: batch, 5: attended, 9: mirror },
    (): Workgroups => {
      const { splits, count } = workspace;
      return splits < 2 ? [0, 0, 0] : [Math.ceil(heads * vecs / 64), count, 1];
    },
    () => ({
      bytes: partialBytes(step, workspace.count, workspace.splits),
      operations: 2 * workspace.count * heads * workspace.splits * headDim,
    }),
  );
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
 * Bytes and operations of one of several dispatches of attention over a share: prompt tokens are the last of one sequence and share its keys;
 * tokens with their own tiles belong to sequences of equal length.
 */
function attentionCost(step: AttentionStep, share: KvShare, space: AttentionSpace, dispatches: number): Cost {
  const { headDim, kv } = step;
  const { tileTokens, count: tokens, reach } = space;
  const heads = queryHeads(step, share);
  const rowBytes = kv.mirrors ? 16 * kvTexels(headDim, kv.dtype) : kvRowBytes(headDim, kv.dtype);
  const positions = tileTokens > 1 ? reach : tokens * reach;
  const pairs = tileTokens > 1 ? tokens * reach - tokens * (tokens - 1) / 2 : tokens * reach;
  return {
    bytes: 2 * share.heads * positions * rowBytes / dispatches + 4 * headDim * heads * tokens,
    operations: 4 * heads * headDim * pairs / dispatches,
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
