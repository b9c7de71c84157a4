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

/** Number of tokens that a thread of the first stage scores: the bits of one bitmap word. */
const WORD = 32;
/** Words per workgroup of the first stage. */
const WORDS = 32;

/** Bytes of the scores that the first stage keeps for `sequences` sequences, and of their peaks. */
export function scoreBytes(vocabSize: number, sequences: number): { scores: number; peaks: number } {
  const words = bitmapWords(vocabSize) * sequences;
  return { scores: words * WORD * 4, peaks: words * 8 };
}

/**
 * Appends the choice of the next token for each sequence, and the advance of its state: the scores of all
 * tokens, computed by the whole device, then the choice, by a workgroup per sequence.
 */
export function sample(
  plan: Plan,
  step: {
    vocabSize: number;
    logits: GPUBuffer;
    logitStride: number;
    /** Scores and peaks of every sequence, see {@linkcode scoreBytes}. */
    scores: GPUBuffer;
    peaks: GPUBuffer;
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
  const { vocabSize, scores, peaks, slots, sampling, seen, draws = true } = step;
  const { software } = plan.gpu.traits;
  const words = bitmapWords(vocabSize);
  const constants = { VOCAB: vocabSize, BITMAP: words };
  plan.add(
    "scores",
    link([kernels.sampling, kernels.scores], { ...constants, LOGIT_STRIDE: step.logitStride, STORES: draws }),
    { 0: step.logits, 1: slots, 2: sampling, 3: seen, 4: step.blocked, 5: peaks, 6: scores },
    (): Workgroups => [Math.ceil(words / WORDS), step.sequences(), 1],
    () => {
      const logits = step.sequences() * vocabSize;
      return { bytes: 4 * logits, operations: logits };
    },
  );
  const choice = [kernels.batchLayout, kernels.sampling, ...(draws ? kernels.draw : kernels.drawNone)];
  plan.add(
    "sample",
    link([...choice, kernels.sample], {
      ...constants,
      // A software driver runs a workgroup on one core: more threads only add barrier cost.
      THREADS: software ? 8 : 256,
      RING: HISTORY_STEPS,
      ...(draws && drawSizes(software, vocabSize)),
    }),
    {
      ...{ 0: peaks, 1: slots, 2: step.decode, 3: sampling, 4: seen, 5: step.history },
      ...(draws && { 6: scores }),
    },
    (): Workgroups => [step.sequences(), 1, 1],
    () => {
      const read = step.sequences() * words;
      return { bytes: 8 * read, operations: read };
    },
  );
}

/**
 * Lengths of the list and of unrolled loops. Mesa's software driver ends a thread's loops after 65,535
 * iterations in all, and sorting a list takes the square of its length.
 */
function drawSizes(software: boolean, vocabSize: number): { LIST: number; AHEAD: number } {
  return { LIST: software ? 256 : 1024, AHEAD: software && vocabSize > 2 ** 17 ? 8 : 4 };
}
