import type { Int4WeightOnlyConfig } from "../checkpoint/int4/int4_weight_only_config.ts";
import type { StorageDtype } from "../gpu/matrix.ts";
import { type BeforeUpload, type DuringUpload, type LoadedModel, openModel } from "../model/weights/load.ts";
import { causalHead } from "../model/weights/weights.ts";
import { bench, type BenchOptions, type BenchReport } from "./measure/bench.ts";
import { compileEarly } from "./decode/compile_early.ts";
import { Engine } from "./engine/engine.ts";
import { Methods } from "./engine/methods.ts";
import { requireRoom } from "./decode/memory_check.ts";
import { type Score, score } from "./measure/score.ts";
import type { PromptRows } from "./decode/slot_cache.ts";
import type { Reuse } from "./decode/slot_memory.ts";
import { recallTuning, tune, TUNING_BUDGET_MS, type TuningRow } from "./measure/tune.ts";
import { tuningFile } from "./measure/tune_cache.ts";
import type { GenerationEvent, GenerationRequest } from "./options/types.ts";

/** Sequences that run together where nobody says how many. */
const DEFAULT_BATCH = 8;
/** Positions that there must be room for where nobody says how many. */
const LEAST_LENGTH = 256;

/** How a session is opened. */
export interface SessionOptions {
  /** Storage of the weights; "auto": as they are stored. */
  readonly dtype?: StorageDtype | "auto";
  /** Linear maps of the layers in 4 bits. */
  readonly quantizationConfig?: Int4WeightOnlyConfig;
  /** Index of the adapter. */
  readonly device?: number;
  /** Positions of a sequence; at most, and by default, the model's own. */
  readonly maxLength?: number;
  /** "static": the cache has room for `maxLength` from the start; else it grows as requests need it. */
  readonly cache?: "static" | "dynamic";
  /** Sequences that run together. */
  readonly batchSize?: number;
  /**
   * Which rows of the cache serve later requests that begin alike: none, those of prompts (the default: not one bit
   * of a result changes), or those of generated tokens too, which suits a conversation.
   */
  readonly reuse?: Reuse;
  /** Sequences that will be decoded first, 0 if nobody knows: their kernels compile while weights are on their way. */
  readonly expected?: number;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** One causal model on one device, and the work that it does. */
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
    });
    this.#methods = new Methods(this.#engine);
  }

  /**
   * Loads a folder, or a .safetensors file beside its config.
   * @throws DataError, EnvironmentError
   */
  static async load(path: string, options: SessionOptions = {}): Promise<Session> {
    const beforeUpload = async (known: BeforeUpload) => {
      // Caches are made as they are needed; one that was asked for must fit.
      const maxLength = Math.min(options.maxLength ?? LEAST_LENGTH, known.config.maxPositionEmbeddings);
      await requireRoom(known, { ...options, maxLength, batchSize: options.batchSize ?? 1 });
      await recallTuning(known.gpu, tuningCache());
    };
    const { expected, signal } = options;
    const duringUpload = expected !== undefined
      ? (known: DuringUpload) => compileEarly(known, expected)
      : undefined;
    const model = await openModel(path, causalHead, { ...options, beforeUpload, duringUpload });
    try {
      await tune(model, { budgetMs: TUNING_BUDGET_MS, cache: tuningCache(), signal });
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

  /** Ends a request early; its last event still comes. */
  cancel(index: number): void {
    this.#methods.cancel(index);
  }

  /**
   * Puts rows of a prompt into the cache, for requests that begin with it; nothing may be running.
   * @param positions how long the first request will get
   */
  async restore(rows: PromptRows, positions: number): Promise<void> {
    await this.#engine.restore(rows, positions);
  }

  /** The rows of the longest beginning of these ids that the cache took in as a prompt; undefined for none. */
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

  /** Chooses the device's kernels anew by timing them, and keeps the choice; before anything is generated. */
  tune(signal?: AbortSignal): Promise<TuningRow[]> {
    return tune(this.model, { again: true, cache: tuningCache(), signal });
  }

  /** Speed of prompts and of generation. */
  bench(options: BenchOptions): Promise<BenchReport> {
    return bench(this.model, options);
  }

  /** Gives the device back. */
  dispose(): void {
    this.#methods.dispose();
    this.model.dispose();
  }
}

function tuningCache(): string | undefined {
  return tuningFile((name) => Deno.env.get(name));
}
