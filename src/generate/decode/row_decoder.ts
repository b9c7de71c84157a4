import type { Plan } from "../../gpu/plan.ts";
import { Readback } from "../../gpu/readback.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { checkTokens, forward } from "../../model/forward/forward.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { headStride, RecordedForward } from "../../model/forward/recorded_forward.ts";
import { rotaryTable } from "../../model/forward/rotary.ts";
import { kvShape, Workspace } from "../../model/kv/workspace.ts";
import type { SlotCopy } from "../../ops/copy_slots.ts";
import { SlotCopies } from "./slot_copies.ts";

/** A token to run: its cache slot and its position. */
export interface TokenRow {
  readonly slot: number;
  readonly token: number;
  readonly position: number;
}

/** A recorded step for up to some number of rows, and the readback of its logits. */
interface Step {
  readonly plan: Plan;
  readonly readback: Readback;
}

/**
 * Forwards of a few tokens over a KV cache, with all logits on the host: for methods that choose the next
 * token there (beam search, speculative verification). A token's logits equal those of decoding token by
 * token.
 */
export class RowDecoder {
  /** Number of forwards over the current cache, prompts not counted. */
  forwards = 0;
  readonly #kv: KvBuffers;
  readonly #workspace: Workspace;
  readonly #steps = new Map<number, Step>();
  readonly #copies: SlotCopies;
  readonly #buffers: { rotations: GPUBuffer; logits: GPUBuffer };
  readonly #logitStride: number;

  /**
   * @param slots sequences that the cache holds
   * @param capacity positions per sequence
   * @param rows maximum tokens per forward
   */
  constructor(
    readonly model: LoadedModel,
    readonly slots: number,
    readonly capacity: number,
    readonly rows: number,
  ) {
    const { gpu, config } = model;
    this.#logitStride = headStride(model, "lm_head");
    this.#kv = new KvBuffers(gpu, kvShape(config, model.kvDtype), slots, capacity);
    this.#workspace = new Workspace(gpu, config, rows, 1, this.#kv);
    const table = rotaryTable(config, 0, capacity);
    this.#buffers = {
      rotations: gpu.storage("rotations", table.byteLength),
      logits: gpu.storage("logits", rows * this.#logitStride * 4),
    };
    gpu.write(this.#buffers.rotations, 0, table);
    this.#copies = new SlotCopies(this.#kv);
  }

  /**
   * Prefills a prompt; returns the logits after its last token.
   * @throws DataError if an id is not in the vocabulary
   */
  async prefill(slot: number, ids: readonly number[]): Promise<Float32Array> {
    checkTokens(ids, this.model.config.vocabSize);
    const { head } = await forward(this.model, {
      rows: ids.map((token, position) => ({ token, slot, cachePosition: position, position })),
      keyCount: ids.length,
      kv: this.#kv,
      head: "lm_head",
      keep: [ids.length - 1],
    });
    return head!;
  }

  /** Runs tokens, those of a slot in order of position; returns the logits after each. */
  async step(rows: readonly TokenRow[]): Promise<Float32Array[]> {
    const { gpu, config } = this.model;
    const { plan, readback } = this.#stepFor(rows.length);
    this.#workspace.setRows(rows.map((row) => ({ ...row, cachePosition: row.position })));
    this.#workspace.setReach(Math.max(...rows.map(({ position }) => position)) + 1);
    const encoder = gpu.device.createCommandEncoder();
    plan.encode(encoder);
    readback.copy(encoder, this.#buffers.logits);
    gpu.submit(encoder.finish());
    this.forwards++;
    const logits = new Float32Array(await readback.take());
    const start = (row: number) => row * this.#logitStride;
    return rows.map((_, row) => logits.subarray(start(row), start(row) + config.vocabSize));
  }

  /** Copies positions of slots to other slots. */
  copy(copy: SlotCopy): void {
    this.#copies.copy(copy);
  }

  dispose(): void {
    const { gpu } = this.model;
    this.#copies.dispose();
    this.#kv.dispose();
    this.#workspace.dispose();
    for (const { readback } of this.#steps.values()) readback.dispose();
    for (const buffer of Object.values(this.#buffers)) gpu.free(buffer);
  }

  /** One plan for a single row, one for several; both give the same numbers. */
  #stepFor(count: number): Step {
    const columns = count === 1 ? 1 : 4;
    const known = this.#steps.get(columns);
    if (known) return known;
    const { gpu } = this.model;
    const { rotations, logits } = this.#buffers;
    const context = { workspace: this.#workspace, kv: this.#kv, rotations, columns };
    const { plan } = new RecordedForward(this.model, context).head("lm_head", logits);
    const rows = columns === 1 ? 1 : this.rows;
    const readback = new Readback(gpu, "logits readback", rows * this.#logitStride * 4);
    const step = { plan, readback };
    this.#steps.set(columns, step);
    return step;
  }
}
