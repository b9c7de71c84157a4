/** Engines over keys and values of every storage type, on a software driver's kernels and on those of GPUs. */
import { assertEquals } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { forward } from "../../model/forward/forward.ts";
import { type LoadedModel, uploadModel } from "../../model/weights/load.ts";
import { RandomCheckpoint } from "../../model/weights/random_checkpoint.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { type KvDtype, kvRowBytes } from "../../ops/kv_layer.ts";
import { PromptLookupEngine } from "./prompt_lookup_engine.ts";
import {
  collect,
  type Made,
  prompt,
  request,
  runEngine,
  withKvCache,
} from "../../../tests/support/generate.ts";
import { hardwareGpu } from "../../../tests/support/linear.ts";

/** Long enough that keys and values are the largest buffers. */
const LENGTH = 4096;

/** Four key heads; the second's halves are odd. */
const CONFIGS = [16, 6].map((headDim) =>
  LlamaConfig.from({
    hiddenSize: 48,
    intermediateSize: 64,
    numHiddenLayers: 2,
    numAttentionHeads: 8,
    numKeyValueHeads: 4,
    headDim,
    vocabSize: 61,
    maxPositionEmbeddings: LENGTH,
  })
);

async function withModel(gpu: Gpu, config: LlamaConfig, run: (model: LoadedModel) => Promise<void>) {
  const heads = causalHead(config);
  const model = await uploadModel(gpu, new RandomCheckpoint(config, heads, 5), config, heads, { gpu });
  try {
    await run(model);
  } finally {
    model.dispose();
  }
}

/** A prompt that needs several chunks and splits, and a short one that draws. */
const REQUESTS = [[5, 270, 0], [6, 7, 8]].map(([seed, length, draws]) =>
  request(prompt(seed, length), {
    maxNewTokens: 4,
    logprobs: 61,
    ...(draws > 0 ? { doSample: true, temperature: 1, seed: BigInt(draws) } : {}),
  })
);

async function alone(model: LoadedModel): Promise<Made[]> {
  const made: Made[] = [];
  for (const one of REQUESTS) {
    made.push(...await runEngine({ model, maxLength: 320 }, (engine) => collect(engine, [one])));
  }
  return made;
}

/** All requests at once, in KV buffers of at least `capacity` positions. */
function together(model: LoadedModel, capacity = 0): Promise<Made[]> {
  const options = { model, maxLength: LENGTH, batchSize: 4, capacity };
  return runEngine(options, (engine) => collect(engine, REQUESTS));
}

/** Runs with a device on which one key head of each layer fits a binding. */
async function inShares<T>(
  gpu: Gpu,
  { headDim }: LlamaConfig,
  dtype: KvDtype,
  run: () => Promise<T>,
): Promise<T> {
  const head = 4 * LENGTH * kvRowBytes(headDim, dtype);
  Object.defineProperty(gpu, "maxBindingBytes", { value: 1.5 * head, configurable: true });
  try {
    return await run();
  } finally {
    Reflect.deleteProperty(gpu, "maxBindingBytes");
  }
}

async function check(gpu: Gpu, config: LlamaConfig, dtypes: readonly KvDtype[]): Promise<void> {
  await withModel(gpu, config, async (model) => {
    for (const dtype of dtypes) {
      const kept = withKvCache(model, dtype);
      const made = await alone(kept);
      assertEquals(await together(kept), made, `${dtype}: together`);
      await inShares(gpu, config, dtype, async () => {
        assertEquals(await together(kept, LENGTH), made, `${dtype}: in shares`);
      });
    }
  });
}

Deno.test("keys and values of every type: the same bits in any batch, and in shares", async () => {
  using gpu = await Gpu.open();
  await check(gpu, CONFIGS[0], ["float16", "int8"]);
  await check(gpu, CONFIGS[1], ["bfloat16"]);
});

Deno.test("keys and values of every type, kernels for GPUs: the same bits in any batch, and in shares", async () => {
  using gpu = await hardwareGpu();
  await check(gpu, CONFIGS[0], ["float16", "int8"]);
});

Deno.test("keys and values in 8 bits: prompt lookup, which has no mirrors, chooses the tokens of one by one", async () => {
  using gpu = await Gpu.open();
  await withModel(gpu, CONFIGS[0], async (model) => {
    const kept = withKvCache(model, "int8");
    const one = request(prompt(3, 20), { maxNewTokens: 12 });
    const [plain] = await runEngine({ model: kept }, (engine) => collect(engine, [one]));
    const lookup = new PromptLookupEngine(kept, { maxLength: 64 });
    try {
      const guessed = { ...one, options: { ...one.options, promptLookupNumTokens: 4 } };
      assertEquals((await collect(lookup, [guessed]))[0].tokens, plain.tokens);
    } finally {
      lookup.dispose();
    }
  });
});

Deno.test("KV buffers of 150,000 positions: in several shares if one binding is too small, and they serve", async () => {
  using gpu = await Gpu.open();
  await withModel(gpu, CONFIGS[0], async (model) => {
    const rows = prompt(2, 9).map((token, i) => ({ token, slot: 0, cachePosition: i, position: i }));
    const logits = async (capacity: number) => {
      const kv = new KvBuffers(gpu, kvShape(model.config, "float32"), 1, capacity);
      try {
        const { head } = await forward(model, { rows, keyCount: rows.length, kv, head: "lm_head" });
        return { head, shares: kv.layers[0].shares.map(({ heads }) => heads) };
      } finally {
        kv.dispose();
      }
    };
    const [long, short] = [await logits(150_000), await logits(16)];
    assertEquals(long.head, short.head);
    const most = Math.floor(gpu.maxBindingBytes / (150_000 * 64));
    assertEquals(long.shares.length, Math.ceil(4 / Math.min(4, most)));
  });
});
