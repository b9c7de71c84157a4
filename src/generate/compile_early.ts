import { pause } from "../clock.ts";
import { Gpu } from "../gpu/gpu.ts";
import { LoadedModel } from "../model/load.ts";
import { tuningOf } from "../ops/tuning.ts";
import { Decoder } from "./decoder.ts";

/** What is known of a model whose weights need not be there yet. */
export type CompiledFor = Pick<LoadedModel, "gpu" | "config" | "weights">;

/** Positions of the decoder on paper; kernels do not depend on it. */
const CAPACITY = 64;

/**
 * Compiles the kernels of prompts and of greedy decoding for so many sequences, one at a time, so that weights which
 * are on their way go on between them. Which ones those are is found by recording a decoder on a device that makes
 * nothing.
 */
export async function compileEarly(
  { gpu, config, weights }: CompiledFor,
  sequences: number,
  signal?: AbortSignal,
): Promise<void> {
  const paper = Gpu.counting(gpu.traits, gpu.device.limits);
  for (const [key, variant] of tuningOf(gpu)) tuningOf(paper).set(key, variant);
  const model = new LoadedModel(paper, config, weights, "float32", 0, 0, [], false, new Map());
  new Decoder(model, sequences, CAPACITY).dispatches(sequences, CAPACITY);
  for (const [code, { label }] of paper.pipelines) {
    await pause();
    signal?.throwIfAborted();
    gpu.pipeline(label, code);
  }
}
