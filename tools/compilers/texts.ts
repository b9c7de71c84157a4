/** Every WGSL text that a decoder of a large model links for a device. */
import { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import type { WeightDtype } from "../../src/checkpoint/tensors/types.ts";
import { Decoder } from "../../src/generate/decode/decoder.ts";
import type { GpuTraits } from "../../src/gpu/gpu.ts";
import { GREEDY } from "../../src/ops/sample.ts";
import { type Int4Kind, modelOf } from "../../tests/support/shapes.ts";
import { countingGpu } from "../linked_kernels.ts";

/** A kernel's text, named by the first model and step that links it: `8b float16 1 qkv_proj`. */
export interface KernelText {
  readonly name: string;
  readonly code: string;
}

const LAYER = { hiddenSize: 4096, numAttentionHeads: 32, numHiddenLayers: 1 };
/** One layer of Llama 3.1 8B and of Llama 2 7B. */
export const SHAPES = {
  "8b": LlamaConfig.from({
    ...LAYER,
    intermediateSize: 14336,
    numKeyValueHeads: 8,
    vocabSize: 128256,
    maxPositionEmbeddings: 131072,
  }),
  "7b": LlamaConfig.from({
    ...LAYER,
    intermediateSize: 11008,
    vocabSize: 32000,
    maxPositionEmbeddings: 4096,
  }),
} as const;

const WEIGHTS: Readonly<Record<string, { dtype: WeightDtype; int4?: Int4Kind }>> = {
  float16: { dtype: "float16" },
  bfloat16: { dtype: "bfloat16" },
  int4: { dtype: "float16", int4: { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" } },
};

/** Sequences of a step; each number has kernels of its own. */
const SEQUENCES = [1, 2, 4, 8];
/** Positions of a slot: several splits of the keys. */
const CAPACITY = 4096;
const REACH = 1024;

/** The texts for a device with these traits, each once, in a fixed order. */
export async function kernelTexts(traits: GpuTraits): Promise<KernelText[]> {
  const names = new Map<string, string>();
  for (const [shape, config] of Object.entries(SHAPES)) {
    for (const [weights, storage] of Object.entries(WEIGHTS)) {
      let step = "";
      const gpu = countingGpu(traits, (label, code) => {
        if (!names.has(code)) names.set(code, `${shape} ${weights} ${step} ${shortened(label)}`);
      });
      const model = await modelOf(gpu, config, storage);
      for (const doSample of [false, true]) {
        const drawn = doSample ? " drawn" : "";
        step = "prompt"; // a decoder links these before anything runs
        const decoder = new Decoder(model, Math.max(...SEQUENCES), CAPACITY);
        decoder.admit({ slot: 0, ids: [1, 2] }, { ...GREEDY, doSample }, []);
        for (const sequences of SEQUENCES) {
          step = `${sequences}${drawn}`;
          decoder.encode(1, sequences, REACH);
        }
        await decoder.prefill([{ slot: 0, ids: [1, 2] }]);
      }
    }
  }
  return [...names].map(([code, name]) => ({ name, code }));
}

/** `layers.3.self_attn.qkv_proj` → `qkv_proj`, as kernels are named in bench/COMPILERS.md. */
export function shortened(label: string): string {
  return label.replace(/^layers\.\d+\.(self_attn\.|mlp\.)?/, "");
}
