/** Shared helpers of the generation tests. */
import { BeamEngine } from "../../src/generate/engine/beam_engine.ts";
import { PromptLookupEngine } from "../../src/generate/engine/prompt_lookup_engine.ts";
import { type GenerationMethod, numbered, type Source } from "../../src/generate/engine/method.ts";
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { KvDtype } from "../../src/ops/kv_layer.ts";
import { LoadedModel, openModel } from "../../src/model/weights/load.ts";
import { causalHead } from "../../src/model/weights/weights.ts";
import { GOLDEN } from "./golden.ts";
import { Engine } from "../../src/generate/engine/engine.ts";
import { OFF } from "../../src/generate/options/table.ts";
import type {
  GenerationEvent,
  GenerationOptions,
  GenerationRequest,
} from "../../src/generate/options/types.ts";

/** Path of a golden checkpoint. */
export function goldenPath(name: string): string {
  return fromFileUrl(new URL(`${name}/`, GOLDEN));
}

/** A golden checkpoint with its language head on a device; all in float32 but the weights, as the goldens are. */
export function goldenModel(gpu: Gpu, name: string): Promise<LoadedModel> {
  return openModel(
    goldenPath(name),
    causalHead,
    { gpu, kvCache: "float32" },
  );
}

/**
 * A golden checkpoint on a device for all tests of a file. After the last test both are released, and no
 * allocation of the tests may remain.
 */
export async function modelForAll(name: string): Promise<{ gpu: Gpu; model: LoadedModel }> {
  const gpu = await Gpu.open();
  await gpu.drain();
  const idle = gpu.allocatedBytes;
  const model = await goldenModel(gpu, name);
  Deno.test.afterAll(() => {
    model.dispose();
    assertEquals(gpu.allocatedBytes, idle, "everything is freed");
    gpu.dispose();
  });
  return { gpu, model };
}

/** The same model with keys and values in another storage type; its weights are the given model's. */
export function withKvCache({ gpu, config, weights }: LoadedModel, dtype: KvDtype): LoadedModel {
  return LoadedModel.bare(gpu, config, weights, dtype);
}

/** A request with defaults: greedy, no end token, a few tokens. */
export function request(
  ids: number[],
  options: Partial<GenerationOptions> = {},
  sequence?: number,
): GenerationRequest {
  return {
    ids,
    sequence,
    options: { ...OFF, maxNewTokens: 12, ...options },
  };
}

/** Result of a request, from all its events. */
export interface Made {
  tokens: number[];
  logprobs: NonNullable<GenerationEvent["logprobs"]>;
  finishReason?: "stop" | "length";
  events: number;
}

/** Runs requests to the end; returns the results in the order of the requests. */
export async function collect(
  engine: GenerationMethod | {
    generate(requests: Source<GenerationRequest>): AsyncIterable<GenerationEvent>;
  },
  requests: Iterable<GenerationRequest> | AsyncIterable<GenerationRequest>,
  onEvent: (event: GenerationEvent) => void = () => {},
): Promise<Made[]> {
  const made: Made[] = [];
  const events = isMethod(engine) ? engine.generate(numbered(requests)) : engine.generate(requests);
  for await (const event of events) {
    const one = made[event.index] ??= { tokens: [], logprobs: [], events: 0 };
    if (one.finishReason) throw new Error(`request ${event.index}: an event after the last`);
    one.tokens.push(...event.tokens);
    one.logprobs.push(...event.logprobs ?? []);
    one.finishReason = event.finishReason;
    one.events++;
    onEvent(event);
  }
  return made;
}

/** True for what takes numbered requests; sessions number them. */
function isMethod(engine: object): engine is GenerationMethod {
  return [Engine, BeamEngine, PromptLookupEngine].some((type) => engine instanceof type);
}

/** An engine's options besides the model (default: one sequence and 64 positions). */
export interface EngineOptions {
  batchSize?: number;
  maxLength?: number;
  model?: LoadedModel;
}

/** Runs a function on an engine, and releases the engine afterwards. */
export async function runEngine<T>(
  { model, ...options }: EngineOptions & { model: LoadedModel },
  run: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = new Engine(model, { maxLength: 64, batchSize: 1, ...options });
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

/** A prompt of any length for a vocabulary of 61, by seed. */
export function prompt(seed: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (seed * 31 + i * i * 7 + i) % 61);
}
