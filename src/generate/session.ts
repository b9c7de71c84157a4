import type { Int4WeightOnlyConfig } from "../checkpoint/int4/int4_weight_only_config.ts";
import type { StorageDtype } from "../gpu/matrix.ts";
import type { KvDtype } from "../ops/kv_layer.ts";
import { type BeforeUpload, type DuringUpload, type LoadedModel, openModel } from "../model/weights/load.ts";
import { causalHead } from "../model/weights/weights.ts";
import { bench, type BenchOptions, type BenchReport } from "./measure/bench.ts";
import { compileEarly } from "./decode/compile_early.ts";
import { Engine } from "./engine/engine.ts";
import { Scheduler } from "./engine/scheduler.ts";
import { Methods } from "./engine/methods.ts";
import { memoryPlan } from "./decode/memory.ts";
import { requireRoom } from "./decode/memory_check.ts";
import { type Score, score } from "./measure/score.ts";
import type { PromptRows } from "./decode/slot_table.ts";
import type { Reuse } from "./decode/slot_contents.ts";
import { recallTuning, tune, TUNING_BUDGET_MS, type TuningRow } from "./measure/tune.ts";
import { tuningFile } from "./measure/tuning_file.ts";
import type { GenerationEvent, GenerationRequest } from "./options/types.ts";

/** Default number of sequences that run together. */
const DEFAULT_BATCH = 8;
/** Default number of positions that must fit. */
const LEAST_LENGTH = 256;

/** Options of a session. */
export interface SessionOptions {
  /** Storage type of the weights; "auto": as stored. */
  readonly dtype?: StorageDtype | "auto";
  /** Quantizes linear maps of the layers to 4 bits. */
  readonly quantizationConfig?: Int4WeightOnlyConfig;
  /** Storage type of keys and values; "auto": float32 for weights in float32, else float16. */
  readonly kvCache?: KvDtype | "auto";
  /** Index of the adapter. */
  readonly device?: number | string;
  /** Positions per sequence; at most, and by default, the model's own. */
  readonly maxLength?: number;
  /** "static": the cache has room for `maxLength` from the start; otherwise it grows as requests need it. */
  readonly cache?: "static" | "dynamic";
  /** Number of sequences that run together. */
  readonly batchSize?: number;
  /**
   * Cache rows that later requests with the same prefix reuse: none, those of prompts (the default: not one
   * bit of a result changes), or those of generated tokens too, which suits a conversation.
   */
  readonly reuse?: Reuse;
  /**
   * Set for a session that {@linkcode Session.serve} is called on; `cacheRam`: bytes of host memory for rows of prompts
   * that lost their slot (default: 0).
   */
  readonly serving?: { readonly cacheRam?: number };
  /** Number of sequences decoded first, 0 if unknown: their kernels compile during weight upload. */
  readonly expected?: number;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Bytes of device memory by use. */
export interface ServingMemory {
  readonly weights: number;
  /** Keys and values of `batchSize` slots of `maxLength` positions, stored as `kvDtype`. */
  readonly cache: number;
  readonly others: number;
  readonly batchSize: number;
  readonly maxLength: number;
  readonly kvDtype: KvDtype;
}

/** One causal model on one device, and its generation state. */
export class Session {
  readonly #engine: Engine;
  readonly #methods: Methods;

  private constructor(readonly model: LoadedModel, options: SessionOptions) {
    const most = model.config.maxPositionEmbeddings;
    this.#engine = new Engine(model, {
      maxLength: Math.min(options.maxLength ?? most, most),
      batchSize: options.batchSize ?? DEFAULT_BATCH,
      capacity: options.cache === "static" ? Math.min(options.maxLength ?? 0, most) : 0,
      reuse: options.reuse,
      serving: options.serving,
    });
    this.#methods = new Methods(this.#engine);
  }

  /**
   * Loads a folder, or a .safetensors file beside its config.
   * @throws DataError, EnvironmentError
   */
  static async load(path: string, options: SessionOptions = {}): Promise<Session> {
    const beforeUpload = async (known: BeforeUpload) => {
      // Caches are allocated on demand; an explicitly requested one must fit.
      const maxLength = Math.min(options.maxLength ?? LEAST_LENGTH, known.config.maxPositionEmbeddings);
      await requireRoom(known, { ...options, maxLength, batchSize: options.batchSize ?? 1 });
      await recallTuning(known.gpu, ownTuningFile());
    };
    const { expected, signal } = options;
    const duringUpload = expected !== undefined
      ? (known: DuringUpload) => compileEarly(known, expected)
      : undefined;
    const model = await openModel(path, causalHead, { ...options, beforeUpload, duringUpload });
    try {
      await tune(model, { budgetMs: TUNING_BUDGET_MS, file: ownTuningFile(), signal });
    } catch (error) {
      model.dispose();
      throw error;
    }
    return new Session(model, options);
  }

  /** Continues prompts, several at once; see {@linkcode Methods.generate}. */
  generate(
    requests: AsyncIterable<GenerationRequest> | Iterable<GenerationRequest>,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<GenerationEvent> {
    return this.#methods.generate(requests, options.signal);
  }

  /**
   * Serves many users: allocates the memory for every slot now, and runs requests as they are submitted. Until the
   * scheduler is disposed of, nothing else may generate.
   * @param options `queue`: number of requests that may wait for a slot
   * @throws EnvironmentError if there is not enough memory
   */
  async serve(options: { queue: number }): Promise<Scheduler> {
    await this.#engine.reserve();
    return new Scheduler(this.#engine, options);
  }

  /** Bytes of device memory while it serves; planned before, and nothing is added to it later. */
  async memory(): Promise<ServingMemory> {
    const { batchSize, maxLength } = this.#engine.options;
    const { config, gpu: { traits, device }, kvDtype, weightBytes: weights } = this.model;
    const target = { traits, limits: device.limits };
    const plan = await memoryPlan(config, { kvDtype, batchSize, maxLength, device: target });
    return { weights, cache: plan.cache, others: plan.activations, batchSize, maxLength, kvDtype };
  }

  /** Cancels a request; its final event is still emitted. */
  cancel(index: number): void {
    this.#methods.cancel(index);
  }

  /**
   * Writes prompt rows into the cache for requests that begin with them; no request may be running.
   * @param positions length that the first request will reach
   */
  async restore(rows: PromptRows, positions: number): Promise<void> {
    await this.#engine.restore(rows, positions);
  }

  /** The rows of the longest prefix of these ids that the cache prefilled as a prompt; undefined if none. */
  find(ids: readonly number[]): PromptRows | undefined {
    return this.#engine.find(ids);
  }

  /** Log-probabilities of a prompt's tokens. */
  score(
    ids: readonly number[],
    options: { top?: number; logits?: boolean; signal?: AbortSignal } = {},
  ): Promise<Score> {
    return score(this.model, ids, options);
  }

  /** Times the device's kernels again and stores the fastest; call before generating. */
  tune(signal?: AbortSignal): Promise<TuningRow[]> {
    return tune(this.model, { again: true, file: ownTuningFile(), signal });
  }

  /** Measures the speed of prompts and generation. */
  bench(options: BenchOptions): Promise<BenchReport> {
    return bench(this.model, options);
  }

  /** Releases the device. */
  dispose(): void {
    this.#methods.dispose();
    this.model.dispose();
  }
}

function ownTuningFile(): string | undefined {
  return tuningFile((name) => Deno.env.get(name));
}
