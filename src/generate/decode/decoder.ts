import { pause } from "../../base/clock.ts";
import { padTo8 } from "../../gpu/matrix.ts";
import type { Plan } from "../../gpu/plan.ts";
import { readFloats } from "../../gpu/readback.ts";
import { encodeInParts, MOST_OPERATIONS } from "../../gpu/submits.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { headStride, PickedHead, RecordedForward } from "../../model/forward/recorded_forward.ts";
import { rotaryRegime, rotaryTable } from "../../model/forward/rotary.ts";
import { headShape, type Row, Workspace } from "../../model/kv/workspace.ts";
import { promptTile } from "../../ops/attention.ts";
import type { SamplingState } from "../../ops/sample.ts";
import { type PromptRows, SlotCache } from "./slot_cache.ts";
import { TokenChoice } from "./token_choice.ts";

/** Most steps in one submit: the history must not wrap before it is read. */
export const MOST_STEPS = 64;

/** A prompt to take in: its slot in the cache and its ids. */
export interface Prompt {
  readonly slot: number;
  readonly ids: readonly number[];
  /** How many first rows the slot holds already; none where it is not given. */
  readonly from?: number;
}

/**
 * The device's side of generation: a static cache of `slots` sequences, a plan that takes prompts in, a plan that
 * makes one token for every sequence, and the state that moves on by itself (token, position, random counter). All of
 * it is recorded once; a step then costs its dispatches and nothing else.
 */
export class Decoder {
  /** The cache and what it holds. */
  readonly slotCache: SlotCache;
  readonly #prompt: Workspace;
  readonly #decode: Workspace;
  /** The layers over rows of prompts, and the head for those that end here. */
  readonly #layers: RecordedForward;
  readonly #ended: PickedHead;
  /** A step by the tokens that a team computes at once. */
  readonly #steps = new Map<number, RecordedForward>();
  readonly #choice: TokenChoice;
  readonly #rotations: { prompt: GPUBuffer; decode: GPUBuffer };
  readonly #logits: GPUBuffer;
  readonly #logitStride: number;
  /** Slots in use as the device knows it. */
  #used: number;
  #regime: number | undefined;
  /** Rows of prompts that were run, for measurements. */
  promptRows = 0;

  /** @param from a decoder of the model, not larger, whose cache's content is copied */
  constructor(
    readonly model: LoadedModel,
    readonly slots: number,
    readonly capacity: number,
    from?: Decoder,
  ) {
    const { gpu, config } = model;
    const shape = headShape(config);
    this.#logitStride = headStride(model, "lm_head");
    this.slotCache = new SlotCache(model, slots, capacity);
    if (from) this.slotCache.inherit(from.slotCache);
    const chunk = Math.min(gpu.traits.software ? 128 : 512, Math.max(16, padTo8(capacity * slots)));
    this.#prompt = new Workspace(gpu, config, chunk, promptTile(shape, gpu.traits), capacity);
    this.#decode = new Workspace(gpu, config, slots, 1, capacity);
    this.#used = slots;
    this.#decode.setRows(Array.from({ length: slots }, (_, slot) => {
      // Slots that are not in use run along with their neighbours, and must not write into what they hold.
      const position = Math.min(this.slotCache.rows(slot), capacity - 1);
      return { token: 0, slot, cachePosition: position, position };
    }));
    this.#logits = gpu.storage("logits", slots * this.#logitStride * 4);
    this.#choice = new TokenChoice(gpu, {
      vocabSize: config.vocabSize,
      slots,
      logits: this.#logits,
      logitStride: this.#logitStride,
      decode: this.#decode.batch,
    });
    const decodeTable = rotaryTable(config, 0, capacity);
    this.#rotations = {
      decode: gpu.storage("rotations", decodeTable.byteLength),
      prompt: gpu.storage("prompt rotations", decodeTable.byteLength),
    };
    gpu.write(this.#rotations.decode, 0, decodeTable);

    this.#layers = new RecordedForward(model, {
      workspace: this.#prompt,
      cache: this.slotCache.cache,
      rotations: this.#rotations.prompt,
      columns: "prompt",
    });
    const ended = { most: slots, columns: 1, mirrored: true, y: this.#logits };
    this.#ended = new PickedHead(model, "lm_head", this.#prompt, ended);
  }

  /** Readies a slot for a prompt; `seen` holds the ids that the repetition penalty counts. */
  admit(
    { slot, ids }: Prompt,
    options: SamplingState,
    blockedIds: readonly number[],
    seen: readonly number[] = ids,
  ): void {
    this.#choice.admit(slot, options, seen, blockedIds);
    const last = ids.length - 1;
    this.model.gpu.write(this.#decode.batch, 16 + slot * 16, new Uint32Array([ids[last], slot, last, last]));
  }

  /** Puts rows of a prompt into the first slot; nothing may be running. */
  async restore(prompt: PromptRows): Promise<void> {
    await this.slotCache.restore(0, prompt);
    const position = Math.min(prompt.ids.length, this.capacity - 1);
    this.model.gpu.write(this.#decode.batch, 16, new Uint32Array([0, 0, position, position]));
  }

  /** Takes prompts in and chooses the first token of each; the caller must have admitted them. */
  async prefill(prompts: readonly Prompt[], signal?: AbortSignal): Promise<void> {
    const { gpu, config } = this.model;
    // Attention goes in no parts: rows times positions that are enough work for one submit.
    const most = gpu.traits.software
      ? Infinity
      : MOST_OPERATIONS / (4 * config.numAttentionHeads * config.headDim);
    // Prompts whose rotary frequencies differ by length do not share a forward.
    const regimes = Map.groupBy(prompts, ({ ids }) => rotaryRegime(config, ids.length));
    for (const [regime, members] of regimes) {
      if (regime !== this.#regime) {
        const table = rotaryTable(config, 0, this.capacity, members[0].ids.length);
        gpu.write(this.#rotations.prompt, 0, table);
        this.#regime = regime;
      }
      const rows: Row[] = [];
      const ends: { slot: number; row: number }[] = [];
      for (const { slot, ids, from = 0 } of members) {
        for (let position = from; position < ids.length; position++) {
          rows.push({ token: ids[position], slot, cachePosition: position, position });
          if (position === ids.length - 1) ends.push({ slot, row: rows.length - 1 });
          if (rows.length === this.#prompt.tokens || rows.length * position >= most) {
            await this.#chunk(rows.splice(0), ends.splice(0), signal);
          }
        }
      }
      if (rows.length > 0) await this.#chunk(rows, ends, signal);
    }
  }

  /** Runs rows through the layers, and chooses the next token for the sequences that end here. */
  async #chunk(rows: Row[], ends: { slot: number; row: number }[], signal?: AbortSignal): Promise<void> {
    const { gpu } = this.model;
    this.#prompt.setRows(rows);
    const encoder = encodeInParts(this.#layers.plan);
    if (ends.length > 0) {
      this.#ended.pick(ends.map(({ row }) => row));
      this.#ended.plan.encode(encoder);
      this.#choice.encodeEnded(encoder, ends.map(({ slot }) => slot));
      this.#choice.copyHistory(encoder);
    }
    gpu.submit(encoder.finish());
    this.promptRows += rows.length;
    for (const { slot, cachePosition } of rows) this.slotCache.ran(slot, cachePosition);
    await pause();
    signal?.throwIfAborted();
  }

  /** Encodes steps for the first slots, the longest of which holds `reach` positions, and the copy of the history. */
  encode(steps: number, sequences: number, reach: number): GPUCommandBuffer {
    const encoder = this.model.gpu.device.createCommandEncoder();
    const plan = this.#decodePlan(sequences);
    this.#decode.count = sequences;
    this.#decode.tileCount = sequences;
    const pass = encoder.beginComputePass();
    for (let step = 0; step < steps; step++) {
      this.#decode.setReach(Math.min(reach + step + 1, this.capacity));
      plan.encodeInto(pass);
      this.#choice.encodeStep(pass, sequences);
    }
    pass.end();
    this.#choice.copyHistory(encoder);
    return encoder.finish();
  }

  /** Tells the device that only the first slots are in use: what the steps submitted next were encoded for. */
  use(sequences: number): void {
    if (this.#used === sequences) return;
    this.#used = sequences;
    this.model.gpu.write(this.#decode.batch, 0, new Uint32Array([sequences]));
  }

  /** Hands encoded work to the device. */
  submit(commands: GPUCommandBuffer): void {
    this.model.gpu.submit(commands);
  }

  /** Waits for what was submitted; gives the token of a slot at a step. */
  tokens(): Promise<(slot: number, step: number) => number> {
    return this.#choice.tokens();
  }

  /** Puts another token in the place of a slot's last one, before the next step takes it in. */
  setToken(slot: number, token: number): void {
    this.model.gpu.write(this.#decode.batch, 16 + slot * 16, new Uint32Array([token]));
  }

  /** Logits of the last step: of a slot after decoding, of the i-th ended prompt after a prefill. */
  logits(index: number): Promise<Float32Array> {
    const { gpu, config } = this.model;
    return readFloats(gpu, this.#logits, config.vocabSize, index * this.#logitStride);
  }

  /** Dispatches of one decoding step over that many positions. */
  dispatches(sequences: number, reach: number): number {
    this.#decode.setReach(reach);
    return this.#decodePlan(sequences).dispatches() + this.#choice.dispatches();
  }

  /** The last chunk of the last prompt, and a step of the first slot over as many positions, for measurements. */
  plans(reach: number): { promptRows: number; prompt: Plan[]; step: Plan[] } {
    this.#decode.count = this.#decode.tileCount = 1;
    this.#decode.setReach(reach);
    const { ended, step } = this.#choice.plans();
    const prompt = [this.#layers.plan, this.#ended.plan, ended];
    return { promptRows: this.#prompt.count, prompt, step: [this.#decodePlan(1), step] };
  }

  dispose(): void {
    const { gpu } = this.model;
    this.slotCache.dispose();
    this.#prompt.dispose();
    this.#decode.dispose();
    this.#choice.dispose();
    this.#ended.dispose();
    for (const buffer of [this.#logits, ...Object.values(this.#rotations)]) gpu.free(buffer);
  }

  /** One plan for a sequence alone, one for several; they give the same numbers. */
  #decodePlan(sequences: number): Plan {
    const columns = [1, 2, 4].find((count) => sequences <= count) ?? 8;
    let step = this.#steps.get(columns);
    if (!step) {
      step = new RecordedForward(this.model, {
        workspace: this.#decode,
        cache: this.slotCache.cache,
        rotations: this.#rotations.decode,
        columns,
      }).head("lm_head", this.#logits);
      this.#steps.set(columns, step);
    }
    return step.plan;
  }
}
