/** The memory plan against actual allocations, and against figures on paper. */
import { assert, assertEquals } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { Gpu, UPLOAD_CHUNK_BYTES } from "../../gpu/gpu.ts";
import { uploadModel } from "../../model/weights/load.ts";
import type { KvDtype } from "../../ops/kv_layer.ts";
import { RandomCheckpoint } from "../../model/weights/random_checkpoint.ts";
import type { HeadSpec } from "../../model/weights/weights.ts";
import { Decoder } from "./decoder.ts";
import { memoryPlan, parametersOf, type Storage } from "./memory.ts";

const CONFIG = LlamaConfig.from({
  vocabSize: 1061,
  hiddenSize: 64,
  intermediateSize: 288,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  attentionBias: true,
  dtype: "float32",
  maxPositionEmbeddings: 1024,
});
/** Storage of weights, and of keys and values. */
const KINDS: readonly (readonly [Storage, KvDtype])[] = [
  ["float32", "float32"],
  ["float16", "bfloat16"],
  ["bfloat16", "float16"],
  ["int4", "int8"],
];
const HEADS: HeadSpec[] = [{ name: "lm_head", rows: CONFIG.vocabSize, bias: false }];

Deno.test("memoryPlan: the bytes that are allocated, for every storage, in textures and in buffers", async () => {
  for (const software of [true, false]) {
    using gpu = await Gpu.open();
    const traits = { ...gpu.traits, software };
    Object.defineProperty(gpu, "traits", { value: traits });
    const checkpoint = new RandomCheckpoint(CONFIG, HEADS, 3);
    for (const [maxLength, batchSize] of [[100, 1], [700, 3]]) {
      const device = { traits, limits: gpu.device.limits };
      const sizes = { checkpoint, groupSize: 32, maxLength, batchSize, device };
      for (const [storage, kvCache] of KINDS) {
        const plan = await memoryPlan(CONFIG, { ...sizes, kvDtype: kvCache });
        const model = await uploadModel(gpu, checkpoint, CONFIG, HEADS, {
          gpu,
          kvCache,
          ...(storage === "int4"
            ? { quantizationConfig: new Int4WeightOnlyConfig({ groupSize: 32 }) }
            : { dtype: storage }),
        });
        const what = `${storage}, cache in ${kvCache}, ${software ? "textures" : "buffers"}`;
        assertEquals(model.quantization, storage === "int4" ? "int4" : "none");
        assertEquals(gpu.allocatedBytes, plan.weights[storage], `${what}: weights`);
        const decoder = new Decoder(model, batchSize, maxLength);
        const beside = gpu.allocatedBytes - plan.weights[storage];
        assertEquals(beside, plan.cache + plan.activations, `${what}: cache and activations`);
        assertEquals(plan.cache, plan.cachePerToken[plan.kvDtype] * maxLength * batchSize);
        decoder.dispose();
        model.dispose();
        assertEquals(gpu.allocatedBytes, 0, "all given back");
      }
    }
  }
});

Deno.test("memoryPlan: staging is the most that the driver holds while weights are loaded", async () => {
  const gpu = await Gpu.open();
  let [staged, most] = [0, 0];
  const { drain, writeTexture, write } = gpu;
  gpu.writeTexture = (...args) => {
    most = Math.max(most, staged += args[4].byteLength);
    writeTexture.apply(gpu, args);
  };
  gpu.write = (...args) => {
    most = Math.max(most, staged += args[2].byteLength);
    write.apply(gpu, args);
  };
  gpu.drain = async () => {
    await drain.call(gpu);
    staged = 0;
  };
  try {
    const config = LlamaConfig.from({ ...CONFIG.toJSON(), vocab_size: 120_000 });
    const heads = [{ ...HEADS[0], rows: config.vocabSize }];
    (await uploadModel(gpu, new RandomCheckpoint(config, heads, 1), config, heads, { gpu })).dispose();
    const { staging } = await memoryPlan(config, { maxLength: 16 });
    assertEquals(most > UPLOAD_CHUNK_BYTES && most <= staging, true, `${most} bytes, planned ${staging}`);
  } finally {
    gpu.dispose();
  }
});

/** huggyllama's: hidden size, MLP, layers, heads, and the parameter count from its model page. */
const SHAPES: Record<string, [number, number, number, number, number]> = {
  "7B": [4096, 11008, 32, 32, 6_738_415_616],
  "13B": [5120, 13824, 40, 40, 13_015_864_320],
  "30B": [6656, 17920, 60, 52, 32_528_943_616],
  "65B": [8192, 22016, 80, 64, 65_285_660_672],
};

for (const [name, [hiddenSize, intermediateSize, layers, heads, parameters]] of Object.entries(SHAPES)) {
  Deno.test(`memoryPlan: ${name} as on paper`, async () => {
    const config = LlamaConfig.from({
      hiddenSize,
      intermediateSize,
      numHiddenLayers: layers,
      numAttentionHeads: heads,
      maxPositionEmbeddings: 2048,
      dtype: "float16",
    });
    const { weights, cachePerToken, cache } = await memoryPlan(config);
    assertEquals(parametersOf(config), parameters);
    const norms = (2 * layers + 1) * hiddenSize; // always float32
    assertEquals(weights.float32, 4 * parameters);
    assertEquals(weights.float16, 2 * parameters + 2 * norms);
    assertEquals(weights.bfloat16, weights.float16);
    // Half a byte per weight; 4 bytes per 128 columns, rounded up to 16 bytes per row; embeddings and head
    // unchanged.
    const scales = (columns: number) => Math.ceil(columns / 128 / 4) * 16;
    const perLayer = 4 * hiddenSize * (hiddenSize / 2 + scales(hiddenSize)) +
      2 * intermediateSize * (hiddenSize / 2 + scales(hiddenSize)) +
      hiddenSize * (intermediateSize / 2 + scales(intermediateSize));
    assertEquals(weights.int4, layers * perLayer + 2 * 2 * 32000 * hiddenSize + 4 * norms);
    assertEquals(cachePerToken, {
      float32: 2 * 4 * layers * hiddenSize,
      float16: 2 * 2 * layers * hiddenSize,
      bfloat16: 2 * 2 * layers * hiddenSize,
      int8: 2 * layers * (hiddenSize + 4 * heads),
    });
    assertEquals(cache, 2048 * cachePerToken.float16);
  });
}

Deno.test("memoryPlan: keys and values of Llama 3.1 8B by storage type", async () => {
  const config = LlamaConfig.from({
    hiddenSize: 4096,
    intermediateSize: 14336,
    numHiddenLayers: 32,
    numAttentionHeads: 32,
    numKeyValueHeads: 8,
    vocabSize: 128256,
    maxPositionEmbeddings: 131072,
    dtype: "bfloat16",
  });
  const plan = await memoryPlan(config);
  assertEquals(plan.kvDtype, "float16");
  assertEquals(plan.cachePerToken, { float32: 262144, float16: 131072, bfloat16: 131072, int8: 67584 });
  assertEquals(plan.cache, 131072 * 131072);
  assert(plan.cache <= 17.2e9);
});
