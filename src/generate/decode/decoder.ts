import { pause } from "../../base/clock.ts";
import { padTo8 } from "../../gpu/matrix.ts";
import type { Plan } from "../../gpu/plan.ts";
import { readFloats } from "../../gpu/readback.ts";
import { encodeInParts } from "../../gpu/submits.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { headStride, PickedHead, RecordedForward } from "../../model/forward/recorded_forward.ts";
import { rotaryRegime, rotaryTable } from "../../model/forward/rotary.ts";
import { headShape, Workspace } from "../../model/kv/workspace.ts";
import { promptTile } from "../../ops/attention_cut.ts";
import type { SamplingState } from "../../ops/sample.ts";
import { Lanes } from "./lanes.ts";
import { type PromptRows, SlotTable } from "./slot_table.ts";
import { type Prompt, rowsOf, type Stretch } from "./stretches.ts";
import { TokenChoice } from "./token_choice.ts";

/** Maximum steps in one submit: the history must be read before it wraps. */
export const MOST_STEPS = 64;

/**
 * The device side of generation: a static KV cache of `slots` sequences, a prefill plan, a decode plan that
 * generates one token per sequence, and the state that advances on the device (token, position, random
 * counter). Everything is recorded once; a step then costs only its dispatches.
 */
export class Decoder {
  /** The KV cache and its contents. */
  readonly slotTable: SlotTable;
  readonly #lanes: Lanes;
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
  /** Lanes in use, as last written to the device. */
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
    this.#lanes = new Lanes(slots);
    const { kv } = this.slotTable;
    const chunk = Math.min(gpu.traits.software ? 128 : 512, Math.max(16, padTo8(capacity * slots)));
    this.#prompt = new Workspace(gpu, config, chunk, promptTile(shape, gpu.traits), kv);
    this.#decode = new Workspace(gpu, config, slots, 1, kv);
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

  /** The lane of a slot: its row in the decoding steps. */
  laneOf(slot: number): number {
    return this.#lanes.of(slot);
  }

  /** Takes a free slot into use. */
  take(slot: number): void {
    for (const moved of this.#lanes.take(slot)) this.park(moved, this.slotTable.rows(moved));
  }

  /** Frees a slot; its rows remain. */
  release(slot: number): void {
    this.#lanes.release(slot);
  }

  /** Keeps the steps of other slots, which may run this one too, from positions before `position`. */
  park(slot: number, position: number): void {
    this.#setRow(slot, 0, Math.min(position, this.capacity - 1));
  }

  /** Prepares the choice of a prompt's tokens; `seen` holds the ids that the repetition penalty counts. */
  admit(
    { slot, ids }: Prompt,
    options: SamplingState,
    blockedIds: readonly number[],
    seen: readonly number[] = ids,
  ): void {
    this.#choice.admit(this.laneOf(slot), options, seen, blockedIds);
    this.#setRow(slot, ids.at(-1)!, ids.length - 1);
  }

  /** Sets the blocked tokens of a slot, a bitmap; the slot must have been admitted with `blockedUntil` Infinity. */
  block(slot: number, words: Uint32Array<ArrayBuffer>): void {
    this.#choice.block(this.laneOf(slot), words);
  }

  /**
   * Takes a slot back to a step before the last: later steps are discarded.
   * @param token the last token that counts
   * @param position of its row
   * @param step number of tokens chosen so far
   * @param seen ids that the repetition penalty counts
   */
  rewind(slot: number, token: number, position: number, step: number, seen: readonly number[]): void {
    this.#choice.rewind(this.laneOf(slot), step, seen);
    this.#setRow(slot, token, position);
  }

  /** Writes prompt rows into the first slot; no request may be running. */
  async restore(prompt: PromptRows): Promise<void> {
    await this.slotTable.restore(0, prompt);
    this.park(0, prompt.ids.length);
  }

  /** Prefills prompts and chooses the first token of each; the caller must have admitted them. */
  async prefill(prompts: readonly Prompt[], signal?: AbortSignal): Promise<void> {
    for (const { slot, ids } of prompts) {
      for (let from = 0; from < ids.length;) {
        const end = Math.min(ids.length, from + this.mostRows);
        this.run([{ slot, ids, from, end, ends: end === ids.length }]);
        from = end;
        await pause();
        signal?.throwIfAborted();
      }
    }
  }

  /** Maximum prompt rows of one chunk. */
  get mostRows(): number {
    return this.#prompt.tokens;
  }

  /**
   * Runs stretches of prompts of one rotary regime, and chooses the next token of those that end: read
   * {@linkcode tokens} then. Their logits are in the order of the stretches that end.
   */
  run(stretches: readonly Stretch[]): void {
    const { gpu, config } = this.model;
    const { length } = stretches[0].ids;
    const regime = rotaryRegime(config, length);
    if (regime !== this.#regime) {
      gpu.write(this.#rotations.prompt, 0, rotaryTable(config, 0, this.capacity, length));
      this.#regime = regime;
    }
    const { rows, ends } = rowsOf(stretches);
    this.#prompt.setRows(rows);
    const encoder = encodeInParts(this.#layers.plan);
    if (ends.length > 0) {
      this.#ended.pick(ends.map(({ row }) => row));
      this.#ended.plan.encode(encoder);
      this.#choice.encodeEnded(encoder, ends.map(({ slot }) => this.laneOf(slot)));
      this.#choice.copyHistory(encoder);
    }
    gpu.submit(encoder.finish());
    this.promptRows += rows.length;
    for (const { slot, from, end } of stretches) this.slotTable.ran(slot, from, end);
  }

  /**
   * Encodes steps for the first `sequences` lanes, the longest of which holds `reach` positions, and the copy
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

  /** Sets the number of lanes in use on the device; must match the steps submitted next. */
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
  async tokens(): Promise<(slot: number, step: number) => number> {
    const tokenAt = await this.#choice.tokens();
    return (slot, step) => tokenAt(this.laneOf(slot), step);
  }

  /** Waits for submitted work. */
  async settle(): Promise<void> {
    const encoder = this.model.gpu.device.createCommandEncoder();
    this.#choice.copyHistory(encoder);
    this.submit(encoder.finish());
    await this.#choice.tokens();
  }

  /** Replaces the last token of a slot before the next step reads it. */
  setToken(slot: number, token: number): void {
    this.model.gpu.write(this.#decode.batch, 16 + this.laneOf(slot) * 16, new Uint32Array([token]));
  }

  /** Logits of the last step: by lane after decoding, by index of the stretch that ended after {@linkcode run}. */
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
   * The last chunk of the last prompt, and a step of the first lanes over `reach` positions, for measurements.
   */
  plans(reach: number, sequences = 1): { promptRows: number; prompt: Plan[]; step: Plan[] } {
    this.#decode.count = this.#decode.tileCount = sequences;
    this.#decode.setReach(reach);
    const { ended, step } = this.#choice.plans(sequences);
    const prompt = [this.#layers.plan, this.#ended.plan, ended];
    return { promptRows: this.#prompt.count, prompt, step: [this.#decodePlan(sequences), step] };
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

  #setRow(slot: number, token: number, position: number): void {
    const row = new Uint32Array([token, slot, position, position]);
    this.model.gpu.write(this.#decode.batch, 16 + this.laneOf(slot) * 16, row);
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
