import type { GpuTraits } from "../gpu/gpu.ts";
import type { KernelConstants } from "../gpu/link.ts";
import { MOST_DISPATCH_OPERATIONS } from "../gpu/submits.ts";
import { kernels } from "./kernels.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** How attention is divided among workgroups: its kernel, and the query heads that one processes. */
export interface AttentionCut {
  readonly parts: readonly string[];
  readonly constants: KernelConstants;
  /** Query heads of a key head per workgroup. */
  readonly group: number;
  /** Workgroups that share the width of a head; default: 1. */
  readonly columns?: number;
}

/** Device traits that determine the cut. */
export type AttentionTraits = Pick<GpuTraits, "software" | "subgroupSize">;

/** Keys of a single token that are not split; see kernels/attention/attention_span.wgsl. */
export const WHOLE_KEYS = 256;
const MOST_SPLITS = 64;
/** Threads of attention_prompt. */
const PROMPT_THREADS = 256;
/** Bytes of workgroup memory that every device has. */
const MOST_SHARED = 16384;
/** Keys that attention_token processes at once. */
const CHUNK = 64;

/**
 * Smallest number of keys per split: the threads of a GPU need many splits; more than two do not help a software
 * driver.
 */
function splitKeys({ software }: AttentionTraits): number {
  return software ? 256 : CHUNK;
}

/** Number of splits that suffices for every token among `reach` keys. */
export function splitsOf(reach: number, traits: AttentionTraits): number {
  return reach <= WHOLE_KEYS ? 1 : Math.min(MOST_SPLITS, Math.ceil(reach / splitKeys(traits)));
}

/**
 * How a prompt of `tokens` rows over `capacity` keys is divided into dispatches: keys per dispatch and bytes that
 * these keep; undefined if one dispatch suffices. Software drivers have no watchdog.
 */
export function promptParts(
  shape: HeadShape,
  { tokens, slots, capacity }: { tokens: number; slots: number; capacity: number },
  traits: AttentionTraits,
): { readonly keys: number; readonly most: number; readonly bytes: number } | undefined {
  const pairs = MOST_DISPATCH_OPERATIONS / (4 * shape.heads * shape.headDim * tokens);
  const keys = Math.max(CHUNK, Math.floor(pairs / CHUNK) * CHUNK);
  if (traits.software || capacity <= keys) return undefined;
  // Each slot's last tile may be partly filled.
  const tiles = Math.min(tokens, Math.floor(tokens / promptTile(shape, traits)) + slots);
  const { group, columns = 1 } = promptCut(shape);
  const bytes = tiles * shape.heads / group * columns * (6 * PROMPT_THREADS + 1) * 16;
  return { keys, most: Math.ceil(capacity / keys), bytes };
}

/** Constants of the parts that know how keys are split. */
export function spanConstants(traits: AttentionTraits): KernelConstants {
  return { SPLIT: splitKeys(traits), MOST_SPLITS, WHOLE: WHOLE_KEYS };
}

/** Best number of prompt tokens per tile. */
export function promptTile(shape: HeadShape, traits: AttentionTraits): number {
  if (!hasLanes(shape, traits)) {
    return Math.floor(4 * PROMPT_THREADS / promptSide(shape) / headGroup(shape, 8));
  }
  return Math.max(1, Math.floor(mostQueries(traits) / headGroup(shape, mostQueries(traits))));
}

/**
 * The cut for tiles of `tile` tokens; tiles of one token are split over the keys.
 * @param keys maximum keys of a prompt per dispatch, a multiple of 64; default: all
 */
export function attentionCut(
  shape: HeadShape,
  tile: number,
  traits: AttentionTraits,
  keys?: number,
): AttentionCut {
  const group = headGroup(shape, mostQueries(traits));
  if (hasLanes(shape, traits) && tile * group <= mostQueries(traits)) {
    const constants = { LANES: traits.subgroupSize, KEYS: 4 };
    return {
      group,
      parts: [kernels.attentionLanes, kernels.attentionSplits, kernels.attentionSpan],
      constants,
    };
  }
  return tile === 1 ? tokenCut(shape) : promptCut(shape, keys);
}

/** True if attention_lanes can be used: a hardware GPU would idle with one subgroup per workgroup. */
function hasLanes({ headDim }: HeadShape, { software, subgroupSize }: AttentionTraits): boolean {
  return software && subgroupSize > 0 && headStride(headDim) / 4 % subgroupSize === 0;
}

/**
 * Maximum queries per subgroup: 8, as 16 take three times as long to compile and are no faster; 4 if subgroups have 4
 * threads. SwiftShader compiles attention_lanes for 4 queries in 2 s, for 5 in 4 s and for 6 in 12 s; 8 take many
 * minutes and gigabytes of memory.
 */
function mostQueries({ subgroupSize }: AttentionTraits): number {
  return subgroupSize === 4 ? 4 : 8;
}

/** Query heads of a key head per workgroup: the largest divisor that is at most `most`. */
function headGroup({ heads, kvHeads }: HeadShape, most: number): number {
  return largest(Math.min(heads / kvHeads, most), (n) => heads / kvHeads % n === 0);
}

function promptCut(shape: HeadShape, keys?: number): AttentionCut {
  const side = promptSide(shape);
  return {
    parts: [kernels.attentionPrompt, kernels.attentionParts[keys ? "many" : "one"], kernels.addDot],
    constants: { SIDE: side, ...(keys ? { PART: keys } : {}) },
    group: headGroup(shape, 8),
    columns: Math.ceil(headStride(shape.headDim) / 4 / side),
  };
}

/** Threads per four queries: as many as the vec4s of a head, within limits. */
function promptSide({ headDim }: HeadShape): number {
  return headDim > 64 ? 32 : 16;
}

function tokenCut(shape: HeadShape): AttentionCut {
  const parts = [kernels.attentionToken, kernels.addDot, kernels.attentionSplits, kernels.attentionSpan];
  for (let most = 8;; most--) {
    const group = headGroup(shape, most);
    const { bytes, constants } = tokenConstants(headStride(shape.headDim) / 4, group);
    if (bytes <= MOST_SHARED || group === 1) return { parts, constants, group };
  }
}

/** Constants of attention_token for heads of `vecs` vec4s, `group` heads at once, and its workgroup memory. */
function tokenConstants(vecs: number, group: number): { constants: KernelConstants; bytes: number } {
  const lanes = power(8, (n) => vecs % n === 0 && n * group <= 16);
  const threads = Math.min(128, CHUNK * lanes);
  const judges = power(32, (n) => n * group <= threads);
  const columns = Math.min(vecs, threads);
  const parts = power(CHUNK, (n) => n * columns <= threads);
  const scratch = Math.max(lanes * (group * CHUNK + 8), 2 * group * parts * columns);
  // Eight loads at once.
  const step = largest(8 / (CHUNK * lanes / threads), (n) => vecs / lanes % n === 0);
  return {
    constants: {
      THREADS: threads,
      QUERY_LOADS: Math.ceil(group * vecs / threads),
      LANES: lanes,
      STEP: step,
      JUDGES: judges,
      COLUMNS: columns,
      BLOCKS: Math.ceil(vecs / columns),
      PARTS: parts,
      AHEAD: Math.min(8, CHUNK / parts),
      SCRATCH: scratch,
    },
    bytes: 16 * group * vecs + 4 * (scratch + CHUNK * group + group * judges + group),
  };
}

/** The largest power of two that is at most `most` and accepted; 1 if there is none. */
function power(most: number, accepted: (n: number) => boolean): number {
  let n = most;
  while (n > 1 && !accepted(n)) n /= 2;
  return n;
}

/** The largest number that is at most `most` and accepted; 1 if there is none. */
function largest(most: number, accepted: (n: number) => boolean): number {
  let n = most;
  while (n > 1 && !accepted(n)) n--;
  return n;
}
