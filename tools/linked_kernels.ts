import { HIDDEN_ACTIVATIONS } from "../src/checkpoint/config/activations.ts";
import { LlamaConfig } from "../src/checkpoint/config/config.ts";
import type { WeightDtype } from "../src/checkpoint/tensors/types.ts";
import { Decoder } from "../src/generate/decode/decoder.ts";
import { RowDecoder } from "../src/generate/decode/row_decoder.ts";
import { type Int4Kind, modelOf } from "../tests/support/shapes.ts";
import type { KvDtype } from "../src/ops/kv_layer.ts";
import { Gpu, type GpuTraits } from "../src/gpu/gpu.ts";
import { KvBuffers } from "../src/model/kv/kv_buffers.ts";
import { Chunk } from "../src/model/forward/forward_chunk.ts";
import type { HeadSpec } from "../src/model/weights/weights.ts";
import { kvShape } from "../src/model/kv/workspace.ts";
import { GREEDY } from "../src/ops/sample.ts";
import { type Columns, linearVariants, tuningOf } from "../src/ops/tuning.ts";

/** A kernel's label, text, and the device that it was linked for. */
export interface LinkedKernel {
  readonly label: string;
  readonly device: string;
  readonly code: string;
}

/** Kinds of device that have different kernels. */
export const DEVICES: Readonly<Record<string, GpuTraits>> = {
  "hardware without subgroups of one size": { software: false, subgroupSize: 0, timestamps: false },
  "hardware, subgroups of 8": { software: false, subgroupSize: 8, timestamps: false },
  "hardware, subgroups of 16": { software: false, subgroupSize: 16, timestamps: true },
  "hardware, subgroups of 32": { software: false, subgroupSize: 32, timestamps: true },
  "hardware, subgroups of 64": { software: false, subgroupSize: 64, timestamps: true },
  "software without subgroups": { software: true, subgroupSize: 0, timestamps: false },
  "software, subgroups of 4": { software: true, subgroupSize: 4, timestamps: false },
  "software, subgroups of 8": { software: true, subgroupSize: 8, timestamps: true },
};

/** A model of one layer, and the storage of its weights. */
interface Case {
  readonly config: LlamaConfig;
  readonly dtype: WeightDtype;
  readonly int4?: Int4Kind;
  /** Default: as the weights. */
  readonly kvDtype?: KvDtype;
}

const config = (fields: Record<string, unknown>) =>
  LlamaConfig.from({ numHiddenLayers: 1, maxPositionEmbeddings: 1024, vocabSize: 1000, ...fields });
/** Biases everywhere, two query heads per key head. */
const SMALL = config({
  hiddenSize: 128,
  intermediateSize: 192,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  attentionBias: true,
  mlpBias: true,
});
/** No size is a multiple of another. */
const ODD = config({
  hiddenSize: 84,
  intermediateSize: 117,
  numAttentionHeads: 14,
  numKeyValueHeads: 7,
  vocabSize: 77,
});
/** One layer of Llama 3.1 8B. */
const LARGE = config({
  hiddenSize: 4096,
  intermediateSize: 14336,
  numAttentionHeads: 32,
  numKeyValueHeads: 8,
  vocabSize: 128256,
});

const CASES: readonly Case[] = [
  { config: SMALL, dtype: "float32" },
  { config: SMALL, dtype: "float16", kvDtype: "int8" },
  { config: ODD, dtype: "float32" },
  { config: ODD, dtype: "float16" },
  { config: LARGE, dtype: "bfloat16" },
  { config: LARGE, dtype: "bfloat16", int4: { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" } },
  { config: SMALL, dtype: "float32", int4: { groupSize: 32, scaleDtype: "float16", zeroKind: "point" } },
  {
    config: SMALL,
    dtype: "float16",
    int4: { groupSize: 64, scaleDtype: "float16", zeroKind: "point", ordered: true },
  },
];

const HEADS: readonly HeadSpec[] = [
  { name: "lm_head", rows: 0, bias: false },
  { name: "score", rows: 3, bias: false },
  { name: "qa_outputs", rows: 2, bias: true },
];

/**
 * Every WGSL text that the program links for some devices; texts that differ only in the values of constants
 * count once.
 */
export async function linkedKernels(devices = Object.keys(DEVICES)): Promise<LinkedKernel[]> {
  const found = new Map<string, LinkedKernel>();
  for (const device of devices) {
    for (const one of CASES) await link(found, device, DEVICES[device], one);
  }
  const [device] = devices;
  // One name of each function is enough.
  for (
    const hiddenAct of new Map(Object.entries(HIDDEN_ACTIVATIONS).map(([name, act]) => [act, name])).values()
  ) {
    await link(found, device, DEVICES[device], {
      config: LlamaConfig.from({ ...SMALL.toJSON(), hidden_act: hiddenAct }),
      dtype: "float32",
    });
  }
  return [...found.values()];
}

/** A device that computes nothing and passes each shader module's label and text to `take`. */
export function countingGpu(traits: GpuTraits, take: (label: string, code: string) => void): Gpu {
  const gpu = Gpu.counting(traits);
  const make = gpu.device.createShaderModule;
  gpu.device.createShaderModule = (descriptor) => {
    take(descriptor.label ?? "", descriptor.code);
    return make(descriptor);
  };
  return gpu;
}

/** Creates everything that a session can, on a device that only counts and keeps the texts. */
async function link(
  found: Map<string, LinkedKernel>,
  device: string,
  traits: GpuTraits,
  { config, dtype, int4, kvDtype }: Case,
): Promise<void> {
  const gpu = countingGpu(traits, (label, code) => {
    const shape = code.replaceAll(/^const \w+ = [^;]+;/gm, "");
    if (!found.has(shape)) found.set(shape, { label, device, code });
  });
  const heads = HEADS.map((head) => head.rows ? head : { ...head, rows: config.vocabSize });
  const model = await modelOf(gpu, config, { dtype, int4, heads, kvDtype });
  const shape = kvShape(config, model.kvDtype);
  const { downProj } = model.weights.layers[0].mlp;
  const variants = [1, "prompt"].flatMap((columns) =>
    linearVariants(traits, downProj.weight, columns as Columns)
  );
  for (const variant of config === ODD ? variants : variants.slice(0, 1)) {
    // Used for every matrix; a variant that the device does not support is never requested.
    tuningOf(gpu).get = () => variant;
    const decoder = new Decoder(model, 8, 600);
    for (const doSample of [false, true]) {
      decoder.admit({ slot: 0, ids: [1, 2] }, { ...GREEDY, doSample }, []);
      for (const sequences of [1, 2, 4, 8]) decoder.encode(1, sequences, 600);
      await decoder.prefill([{ slot: 0, ids: [1, 2] }]);
    }
    new RowDecoder(model, 2, 600, 3);
    const kv = new KvBuffers(gpu, shape, 1, 600);
    for (const count of [1, 70]) {
      const rows = Array.from(
        { length: count },
        (_, i) => ({ token: 1, slot: 0, cachePosition: i, position: i }),
      );
      const mask = new Float32Array(count * count);
      for (const { name: head } of heads) {
        const all = { outputAttentions: true, outputHiddenStates: true };
        new Chunk(model, { rows, keyCount: count, kv, head, ...all }, 0, count, count);
        new Chunk(model, { rows, keyCount: count, kv, head, mask, ...all }, 0, count, count);
      }
    }
    const mirrored = new KvBuffers(gpu, shape, 1, 600, true);
    mirrored.refresh(0, 10);
  }
}
