import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";

/** Token value that marks non-finite logits. */
export const BROKEN_TOKEN = 0xffffffff;
/** Number of steps that the history holds. */
export const HISTORY_STEPS = 256;
/** Bytes of one sequence's options and state, as written by {@link encodeSampling}. */
export const SAMPLING_BYTES = 48;

/** Offset of the number of chosen tokens in these bytes. */
export const STEP_OFFSET = 36;

/** Temperatures below this already select only the best token; much smaller ones make scores infinite. */
export const LEAST_TEMPERATURE = 1e-30;

/** Sampling options and state of a sequence. */
export interface SamplingState {
  temperature: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  topK: number;
  doSample: boolean;
  seed: bigint;
  sequence: number;
  /** Tokens in the blocked bitmap are suppressed before this step. */
  blockedUntil: number;
}

/** Greedy decoding with no other options. */
export const GREEDY: SamplingState = {
  temperature: 1,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  topK: 0,
  doSample: false,
  seed: 0n,
  sequence: 0,
  blockedUntil: 0,
};

/** The options of a sequence in the layout of the kernel's `Sampling`; its step starts at 0. */
export function encodeSampling(state: SamplingState): Uint8Array<ArrayBuffer> {
  const bytes = new ArrayBuffer(SAMPLING_BYTES);
  const temperature = Math.max(state.temperature, LEAST_TEMPERATURE);
  new Float32Array(bytes).set([temperature, state.topP, state.minP, state.repetitionPenalty]);
  const low = Number(state.seed & 0xffffffffn);
  const high = Number(state.seed >> 32n);
  new Uint32Array(bytes, 16).set([
    state.topK,
    Number(state.doSample),
    low,
    high,
    state.sequence,
    0,
    Math.min(state.blockedUntil, 0xffffffff),
    0,
  ]);
  return new Uint8Array(bytes);
}

/** Number of words in a bitmap over the vocabulary. */
export function bitmapWords(vocabSize: number): number {
  return Math.ceil(vocabSize / 32);
}

/** Appends the choice of the next token for each sequence, and the advance of its state. */
export function sample(
  plan: Plan,
  step: {
    vocabSize: number;
    logits: GPUBuffer;
    logitStride: number;
    /** Slot of each sequence, u32. */
    slots: GPUBuffer;
    /** The decode batch whose rows advance. */
    decode: GPUBuffer;
    sampling: GPUBuffer;
    seen: GPUBuffer;
    blocked: GPUBuffer;
    history: GPUBuffer;
    sequences: () => number;
    /** True if any sequence samples; without sampling, the kernel compiles several times faster. */
    draws?: boolean;
  },
): void {
  const code = link([
    kernels.batchLayout,
    step.draws === false ? kernels.drawNone : kernels.draw,
    kernels.sample,
  ], {
    // A software driver runs a workgroup on one core: more threads only add barrier cost.
    THREADS: plan.gpu.traits.software ? 8 : 256,
    VOCAB: step.vocabSize,
    LOGIT_STRIDE: step.logitStride,
    BITMAP: bitmapWords(step.vocabSize),
    RING: HISTORY_STEPS,
  });
  plan.add(
    "sample",
    code,
    {
      0: step.logits,
      1: step.slots,
      2: step.decode,
      3: step.sampling,
      4: step.seen,
      5: step.blocked,
      6: step.history,
    },
    (): Workgroups => [step.sequences(), 1, 1],
    () => {
      const logits = step.sequences() * step.vocabSize;
      return { bytes: 4 * logits, operations: logits };
    },
  );
}
