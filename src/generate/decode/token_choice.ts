import { DataError } from "../../base/errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { Plan } from "../../gpu/plan.ts";
import { Readback } from "../../gpu/readback.ts";
import {
  bitmapWords,
  BROKEN_TOKEN,
  encodeSampling,
  HISTORY_STEPS,
  sample,
  SAMPLING_BYTES,
  type SamplingState,
  scoreBytes,
  STEP_OFFSET,
} from "../../ops/sample.ts";

/** Buffers that the choice reads and updates. */
export interface ChoiceSource {
  readonly vocabSize: number;
  readonly slots: number;
  readonly logits: GPUBuffer;
  /** Stride between sequences' logits, in floats. */
  readonly logitStride: number;
  /** The batch of the decode steps; the chosen tokens are written to its rows. */
  readonly decode: GPUBuffer;
}

/** Token selection on the device: the sampling state of the sequence in each slot, and the chosen tokens. */
export class TokenChoice {
  readonly #plans = new Map<string, Plan>();
  /** True for each slot whose sequence samples. */
  readonly #draws: boolean[] = [];
  readonly #state: Record<
    "ended" | "all" | "sampling" | "seen" | "blocked" | "history" | "scores" | "peaks",
    GPUBuffer
  >;
  readonly #readback: Readback;
  /** Number of sequences in the next choice. */
  #count = 0;

  constructor(readonly gpu: Gpu, readonly source: ChoiceSource) {
    const { slots, vocabSize } = source;
    const words = bitmapWords(vocabSize);
    const bytes = scoreBytes(vocabSize, slots);
    this.#state = {
      ended: gpu.storage("sampled slots", slots * 4),
      all: gpu.storage("all slots", slots * 4),
      sampling: gpu.storage("sampling", slots * SAMPLING_BYTES),
      seen: gpu.storage("seen tokens", slots * words * 4),
      blocked: gpu.storage("blocked tokens", slots * words * 4),
      history: gpu.storage("history", HISTORY_STEPS * slots * 4),
      scores: gpu.storage("scores", bytes.scores),
      peaks: gpu.storage("best scores", bytes.peaks),
    };
    gpu.write(this.#state.all, 0, Uint32Array.from({ length: slots }, (_, i) => i));
    this.#readback = new Readback(gpu, "history readback", HISTORY_STEPS * slots * 4);
  }

  /**
   * Prepares a lane; `seen` are the ids that the repetition penalty counts, `blocked` those suppressed at
   * first.
   */
  admit(lane: number, options: SamplingState, seen: readonly number[], blocked: readonly number[]): void {
    const words = bitmapWords(this.source.vocabSize);
    this.#draws[lane] = options.doSample;
    this.gpu.write(this.#state.sampling, lane * SAMPLING_BYTES, encodeSampling(options));
    this.gpu.write(this.#state.seen, lane * words * 4, bitmap(words, seen));
    this.gpu.write(this.#state.blocked, lane * words * 4, bitmap(words, blocked));
  }

  /** Sets the blocked tokens of a lane. */
  block(lane: number, words: Uint32Array<ArrayBuffer>): void {
    this.gpu.write(this.#state.blocked, lane * words.byteLength, words);
  }

  /** Sets the number of tokens that a lane has chosen, and the ids that the repetition penalty counts. */
  rewind(lane: number, step: number, seen: readonly number[]): void {
    const words = bitmapWords(this.source.vocabSize);
    this.gpu.write(this.#state.sampling, lane * SAMPLING_BYTES + STEP_OFFSET, new Uint32Array([step]));
    this.gpu.write(this.#state.seen, lane * words * 4, bitmap(words, seen));
  }

  /** Encodes the choice for prompts that end in these slots; their logits are in that order. */
  encodeEnded(encoder: GPUCommandEncoder, slots: readonly number[]): void {
    this.gpu.write(this.#state.ended, 0, new Uint32Array(slots));
    this.#count = slots.length;
    this.#plan("ended", slots.some((slot) => this.#draws[slot])).encode(encoder);
  }

  /** Encodes the choice for the first `count` slots; their logits are in slot order. */
  encodeStep(pass: GPUComputePassEncoder, count: number): void {
    this.#count = count;
    this.#plan("all", this.#draws.slice(0, count).includes(true)).encodeInto(pass);
  }

  /** Encodes the copy of the chosen tokens for {@linkcode tokens}. */
  copyHistory(encoder: GPUCommandEncoder): void {
    this.#readback.copy(encoder, this.#state.history);
  }

  /** Waits for submitted work; returns a lookup of the token of a slot at a step. */
  async tokens(): Promise<(slot: number, step: number) => number> {
    const history = new Uint32Array(await this.#readback.take());
    return (slot, step) => {
      const token = history[(step % HISTORY_STEPS) * this.source.slots + slot];
      if (token === BROKEN_TOKEN) {
        throw new DataError(`the model gave logits that are not finite, at generated token ${step}`);
      }
      return token;
    };
  }

  /** Number of dispatches of a greedy step. */
  dispatches(): number {
    return this.#plan("all", false).dispatches();
  }

  /** The choice after a prefill and after a step of the first `count` slots, for measurements. */
  plans(count: number): { ended: Plan; step: Plan } {
    this.#count = count;
    const draws = this.#draws.slice(0, count).includes(true);
    return { ended: this.#plan("ended", draws), step: this.#plan("all", draws) };
  }

  dispose(): void {
    this.#readback.dispose();
    for (const buffer of Object.values(this.#state)) this.gpu.free(buffer);
  }

  /** Compiled without sampling if no sequence samples. */
  #plan(slots: "ended" | "all", draws: boolean): Plan {
    const key = `${slots} ${draws}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = new Plan(this.gpu);
    this.#plans.set(key, plan);
    const { vocabSize, logits, logitStride, decode } = this.source;
    const { sampling, seen, blocked, history, scores, peaks } = this.#state;
    sample(plan, {
      ...{ vocabSize, logits, logitStride, decode, sampling, seen, blocked, history, scores, peaks, draws },
      slots: this.#state[slots],
      sequences: () => this.#count,
    });
    return plan;
  }
}

function bitmap(words: number, ids: readonly number[]): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(words);
  for (const id of ids) bits[id >>> 5] |= 1 << (id & 31);
  return bits;
}
