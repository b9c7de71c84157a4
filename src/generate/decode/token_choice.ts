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
} from "../../ops/sample.ts";

/** What the choice reads, and what it moves on. */
export interface ChoiceSource {
  readonly vocabSize: number;
  readonly slots: number;
  readonly logits: GPUBuffer;
  /** Floats from one sequence's logits to the next. */
  readonly logitStride: number;
  /** The batch of the decoding steps, whose rows get the chosen tokens. */
  readonly decode: GPUBuffer;
}

/** The device's choice of tokens: what it knows of the sequence in each slot, and what it has chosen. */
export class TokenChoice {
  readonly #plans = new Map<string, Plan>();
  /** Whether the sequence of a slot samples. */
  readonly #draws: boolean[] = [];
  readonly #state: Record<"ended" | "all" | "sampling" | "seen" | "blocked" | "history", GPUBuffer>;
  readonly #readback: Readback;
  /** Sequences that the next choice is for. */
  #count = 0;

  constructor(readonly gpu: Gpu, readonly source: ChoiceSource) {
    const { slots, vocabSize } = source;
    const words = bitmapWords(vocabSize);
    this.#state = {
      ended: gpu.storage("sampled slots", slots * 4),
      all: gpu.storage("all slots", slots * 4),
      sampling: gpu.storage("sampling", slots * SAMPLING_BYTES),
      seen: gpu.storage("seen tokens", slots * words * 4),
      blocked: gpu.storage("blocked tokens", slots * words * 4),
      history: gpu.storage("history", HISTORY_STEPS * slots * 4),
    };
    gpu.write(this.#state.all, 0, Uint32Array.from({ length: slots }, (_, i) => i));
    this.#readback = new Readback(gpu, "history readback", HISTORY_STEPS * slots * 4);
  }

  /** Readies a slot; `seen` are the ids that the repetition penalty counts, `blocked` those that must wait. */
  admit(slot: number, options: SamplingState, seen: readonly number[], blocked: readonly number[]): void {
    const words = bitmapWords(this.source.vocabSize);
    this.#draws[slot] = options.doSample;
    this.gpu.write(this.#state.sampling, slot * SAMPLING_BYTES, encodeSampling(options));
    this.gpu.write(this.#state.seen, slot * words * 4, bitmap(words, seen));
    this.gpu.write(this.#state.blocked, slot * words * 4, bitmap(words, blocked));
  }

  /** Encodes the choice for prompts that end in these slots, whose logits stand in that order. */
  encodeEnded(encoder: GPUCommandEncoder, slots: readonly number[]): void {
    this.gpu.write(this.#state.ended, 0, new Uint32Array(slots));
    this.#count = slots.length;
    this.#plan("ended", slots.some((slot) => this.#draws[slot])).encode(encoder);
  }

  /** Encodes the choice for the first `count` slots, whose logits stand in the order of slots. */
  encodeStep(pass: GPUComputePassEncoder, count: number): void {
    this.#count = count;
    this.#plan("all", this.#draws.slice(0, count).includes(true)).encodeInto(pass);
  }

  /** Encodes the copy of what was chosen, for {@linkcode tokens}. */
  copyHistory(encoder: GPUCommandEncoder): void {
    this.#readback.copy(encoder, this.#state.history);
  }

  /** Waits for what was submitted; gives the token of a slot at a step. */
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

  /** Dispatches of a greedy step. */
  dispatches(): number {
    return this.#plan("all", false).dispatches();
  }

  /** The greedy choice for one sequence, after its prompt and after a step, for measurements. */
  plans(): { ended: Plan; step: Plan } {
    this.#count = 1;
    return { ended: this.#plan("ended", false), step: this.#plan("all", false) };
  }

  dispose(): void {
    this.#readback.dispose();
    for (const buffer of Object.values(this.#state)) this.gpu.free(buffer);
  }

  /** Compiled without sampling where nobody samples. */
  #plan(slots: "ended" | "all", draws: boolean): Plan {
    const key = `${slots} ${draws}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = new Plan(this.gpu);
    this.#plans.set(key, plan);
    const { vocabSize, logits, logitStride, decode } = this.source;
    const { sampling, seen, blocked, history } = this.#state;
    sample(plan, {
      ...{ vocabSize, logits, logitStride, decode, sampling, seen, blocked, history, draws },
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
