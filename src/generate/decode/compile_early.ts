import { Gpu } from "../../gpu/gpu.ts";
import { type DuringUpload, LoadedModel } from "../../model/weights/load.ts";
import { tuningOf } from "../../ops/tuning.ts";
import { Decoder } from "./decoder.ts";

/** Cache capacity of the decoder on paper; kernels do not depend on it. */
const CAPACITY = 64;

/**
 * Compiles the prompt kernels, then the greedy decoding kernels for `sequences` sequences (skipped for 0),
 * one per iteration. Finds them by recording a decoder on a device that allocates nothing.
 */
export function* compileEarly(
  { gpu, config, weights, kvDtype }: DuringUpload,
  sequences: number,
): Generator<void> {
  const paper = Gpu.counting(gpu.traits, gpu.device.limits);
  for (const [key, variant] of tuningOf(gpu)) tuningOf(paper).set(key, variant);
  const model = LoadedModel.bare(paper, config, weights, kvDtype);
  const decoder = new Decoder(model, Math.max(sequences, 1), CAPACITY);
  if (sequences > 0) decoder.dispatches(sequences, CAPACITY);
  for (const [code, { label }] of paper.pipelines) {
    gpu.pipeline(label, code);
    yield;
  }
}
