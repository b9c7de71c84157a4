import type { Row } from "../../model/state/state.ts";
import { pause } from "../../base/clock.ts";
import { padTo8 } from "../../gpu/matrix.ts";
import type { Plan } from "../../gpu/plan.ts";
import { readFloats } from "../../gpu/readback.ts";
import { encodeInParts, MOST_OPERATIONS } from "../../gpu/submits.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { headStride, PickedHead, RecordedForward } from "../../model/forward/recorded_forward.ts";
import { rotaryRegime, rotaryTable } from "../../model/forward/rotary.ts";
import { headShape, Workspace } from "../../model/kv/workspace.ts";
import { promptTile } from "../../ops/attention.ts";
import type { SamplingState } from "../../ops/sample.ts";
import { type PromptRows, SlotTable } from "./slot_table.ts";
import { TokenChoice } from "./token_choice.ts";

/** Maximum steps in one submit: the history must be read before it wraps. */
export const MOST_STEPS = 64;

/** A prompt to prefill: its cache slot and its ids. */
export interface Prompt {
  readonly slot: number;
  readonly ids: readonly number[];
  /** Number of leading rows already in the slot's cache; default: 0. */
  readonly from?: number;
}

/**
 * The device side of generation: a static KV cache of `slots` sequences, a prefill plan, a decode plan that
 * generates one token per sequence, and the state that advances on the device (token, position, random
 * counter). Everything is recorded once; a step then costs only its dispatches.
 */
export class Decoder {
  /** The KV cache and its contents. */
  readonly slotTable: SlotTable;
  readonly #prompt: Workspace;
  readonly #decode: Workspace;
  /** The layers over prompt rows, and the head for prompts that end in this chunk. */
  readonly #layers: RecordedForward;
  readonly #ended: PickedHead;
  /** Decode steps, keyed by the number of tokens a workgroup team computes at once. */
  readonly #steps = new Map<number, RecordedForward>();
  readonly #choice: TokenChoice;
  readonly #rotations: { prompt: GPUBuffer; decode: GPUBuffer };
  readonly #logits: GPUBuffer;
  readonly #logitStride: number;
  /** Slots in use, as last written to the device. */
  #used: number;
  #regime: number | undefined;
  /** Number of prompt rows run, for measurements. */
  promptRows = 0;

  /** @param from a decoder of the same model, not larger, whose cache contents are copied */
  constructor(
    readonly model: LoadedModel,
    readonly slots: number,
    readonly capacity: number,
    from?: Decoder,
  ) {
    const { gpu, config } = model;
    const shape = headShape(config);
    this.#logitStride = headStride(model, "lm_head");
    this.slotTable = new SlotTable(model, slots, capacity);
    if (from) this.slotTable.inherit(from.slotTable);
    const chunk = Math.min(gpu.traits.software ? 128 : 512, Math.max(16, padTo8(capacity * slots)));
    this.#prompt = new Workspace(gpu, config, chunk, promptTile(shape, gpu.traits), capacity);
    this.#decode = new Workspace(gpu, config, slots, 1, capacity);
    this.#used = slots;
    this.#decode.setRows(Array.from({ length: slots }, (_, slot) => {
      // Unused slots between used ones run too, and must not overwrite their cached rows.
      const position = Math.min(this.slotTable.rows(slot), capacity - 1);
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
      kv: this.slotTable.kv,
      rotations: this.#rotations.prompt,
      columns: "prompt",
    });
    const ended = { most: slots, columns: 1, mirrored: true, y: this.#logits };
    this.#ended = new PickedHead(model, "lm_head", this.#prompt, ended);
  }

  /** Prepares a slot for a prompt; `seen` holds the ids that the repetition penalty counts. */
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

  /** Writes prompt rows into the first slot; no request may be running. */
  async restore(prompt: PromptRows): Promise<void> {
    await this.slotTable.restore(0, prompt);
    const position = Math.min(prompt.ids.length, this.capacity - 1);
    this.model.gpu.write(this.#decode.batch, 16, new Uint32Array([0, 0, position, position]));
  }

  /** Prefills prompts and chooses the first token of each; the caller must have admitted them. */
  async prefill(prompts: readonly Prompt[], signal?: AbortSignal): Promise<void> {
    const { gpu, config } = this.model;
    // One submit cannot split attention: rows × positions that are enough work for one submit.
    const most = gpu.traits.software
      ? Infinity
      : MOST_OPERATIONS / (4 * config.numAttentionHeads * config.headDim);
    // Prompts whose rotary frequencies differ by length cannot share a forward.
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

  /** Runs rows through the layers and chooses the next token for the sequences that end in this chunk. */
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
    for (const { slot, cachePosition } of rows) this.slotTable.ran(slot, cachePosition);
    await pause();
    signal?.throwIfAborted();
  }

  /**
   * Encodes steps for the first `sequences` slots, the longest of which holds `reach` positions, and the copy
   * of the history.
   */
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

  /** Sets the number of slots in use on the device; must match the steps submitted next. */
  use(sequences: number): void {
    if (this.#used === sequences) return;
    this.#used = sequences;
    this.model.gpu.write(this.#decode.batch, 0, new Uint32Array([sequences]));
  }

  /** Submits encoded work to the device. */
  submit(commands: GPUCommandBuffer): void {
    this.model.gpu.submit(commands);
  }

  /** Waits for submitted work; returns a lookup of the token of a slot at a step. */
  tokens(): Promise<(slot: number, step: number) => number> {
    return this.#choice.tokens();
  }

  /** Replaces the last token of a slot before the next step reads it. */
  setToken(slot: number, token: number): void {
    this.model.gpu.write(this.#decode.batch, 16 + slot * 16, new Uint32Array([token]));
  }

  /** Logits of the last step: by slot after decoding, by index of the ended prompt after a prefill. */
  logits(index: number): Promise<Float32Array> {
    const { gpu, config } = this.model;
    return readFloats(gpu, this.#logits, config.vocabSize, index * this.#logitStride);
  }

  /** Number of dispatches of one decoding step over `reach` positions. */
  dispatches(sequences: number, reach: number): number {
    this.#decode.setReach(reach);
    return this.#decodePlan(sequences).dispatches() + this.#choice.dispatches();
  }

  /**
   * The last chunk of the last prompt, and a step of the first slot over `reach` positions, for measurements.
   */
  plans(reach: number): { promptRows: number; prompt: Plan[]; step: Plan[] } {
    this.#decode.count = this.#decode.tileCount = 1;
    this.#decode.setReach(reach);
    const { ended, step } = this.#choice.plans();
    const prompt = [this.#layers.plan, this.#ended.plan, ended];
    return { promptRows: this.#prompt.count, prompt, step: [this.#decodePlan(1), step] };
  }

  dispose(): void {
    const { gpu } = this.model;
    this.slotTable.dispose();
    this.#prompt.dispose();
    this.#decode.dispose();
    this.#choice.dispose();
    this.#ended.dispose();
    for (const buffer of [this.#logits, ...Object.values(this.#rotations)]) gpu.free(buffer);
  }

  /** One plan for a single sequence, one for several; both give the same numbers. */
  #decodePlan(sequences: number): Plan {
    const columns = [1, 2, 4].find((count) => sequences <= count) ?? 8;
    let step = this.#steps.get(columns);
    if (!step) {
      step = new RecordedForward(this.model, {
        workspace: this.#decode,
        kv: this.slotTable.kv,
        rotations: this.#rotations.decode,
        columns,
      }).head("lm_head", this.#logits);
      this.#steps.set(columns, step);
    }
    return step.plan;
  }
}
