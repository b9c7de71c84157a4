import { assertEquals, assertRejects } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { Gpu } from "../../gpu/gpu.ts";
import type { HeadSpec } from "../../model/weights/weights.ts";
import { RandomCheckpoint } from "../../model/weights/random_checkpoint.ts";
import { memoryPlan } from "./memory.ts";
import { requireRoom, type RoomOptions } from "./memory_check.ts";

const CONFIG = LlamaConfig.from({
  vocabSize: 64,
  hiddenSize: 1024,
  intermediateSize: 4096,
  numHiddenLayers: 16,
  numAttentionHeads: 16,
  maxPositionEmbeddings: 4096,
});
const HEADS: HeadSpec[] = [{ name: "lm_head", rows: 64, bias: false }];
const CHECKPOINT = new RandomCheckpoint(CONFIG, HEADS, 0);
const PLAN = await memoryPlan(CONFIG, { checkpoint: CHECKPOINT, maxLength: 2048, batchSize: 2 });
const BESIDE = PLAN.cache + PLAN.activations + PLAN.staging;

/** The error message for a device with this much memory; undefined if the model fits. */
async function said(memoryBytes: number, options: Partial<RoomOptions> = {}): Promise<string | undefined> {
  const gpu = Gpu.counting({ subgroupSize: 0, timestamps: false, software: false });
  Object.defineProperty(gpu, "memoryBytes", { value: memoryBytes });
  const known = { gpu, checkpoint: CHECKPOINT, config: CONFIG, int4: () => undefined };
  const asked = requireRoom(known, { maxLength: 2048, batchSize: 2, ...options });
  let message: string | undefined;
  await asked.catch((error) => message = error.message);
  if (message !== undefined) await assertRejects(() => asked, EnvironmentError);
  assertEquals(gpu.allocatedBytes, 0, "nothing was made");
  return message;
}

Deno.test("requireRoom: for a server, the number of slots that would fit", async () => {
  const four = await memoryPlan(CONFIG, { checkpoint: CHECKPOINT, maxLength: 2048, batchSize: 4 });
  const others = four.weights.float32 + four.activations + four.staging;
  const serving = { serving: {}, batchSize: 4 };
  const bytes = others + four.cache * 3 / 4;
  assertEquals(
    (await said(bytes, serving))?.split("; would fit: ")[1].split(", or ")[0],
    `--parallel 3 of 2048 positions (${bytes} bytes)`,
  );
  assertEquals((await said(others, serving))?.includes("--parallel"), false);
  assertEquals((await said(bytes, { batchSize: 4 }))?.includes("--parallel"), false);
});

Deno.test("requireRoom: reports the needed memory, and options that would fit", async () => {
  const needed = PLAN.weights.float32 + BESIDE;
  assertEquals(await said(Infinity), undefined);
  assertEquals(await said(needed), undefined);
  const half = PLAN.weights.bfloat16 + BESIDE;
  const small = PLAN.weights.int4 + BESIDE;
  const shorter = (spare: number) => Math.floor(spare / PLAN.cachePerToken.float32 / 2 / 64) * 64;
  const length = shorter(PLAN.cache - 1);
  const codes = needed - PLAN.cache + PLAN.cachePerToken.int8 * 2 * 2048;
  const bytes = needed - PLAN.cachePerToken.float32 * 2 * (2048 - length);
  assertEquals(
    await said(needed - 1),
    `GPU out of memory: the model in random weights needs ${needed} bytes, this device has ${needed - 1}: ` +
      `weights ${PLAN.weights.float32} (float32), 2 × 2048 positions in float32 ${PLAN.cache}, the rest ` +
      `${PLAN.activations + PLAN.staging}; would fit: --max-length ${length} (${bytes} bytes), ` +
      `or --kv-cache int8 (${codes} bytes), or --dtype bfloat16 (${half} bytes), or --quantize int4 (${small} bytes)`,
  );
  assertEquals((await said(small))?.endsWith(`, or --quantize int4 (${small} bytes)`), true);
  assertEquals(await said(half, { dtype: "bfloat16" }), undefined);
  assertEquals(await said(needed - PLAN.cache / 2, { kvCache: "float16" }), undefined);
  const least = PLAN.weights.int4 + PLAN.activations + PLAN.staging + PLAN.cachePerToken.float32 * 2 * 64;
  assertEquals(
    (await said(least))?.split("; would fit: ")[1],
    `--quantize int4 --max-length 64 (${least} bytes)`,
  );
  assertEquals((await said(least - 1))?.endsWith("; nothing smaller would fit"), true);
});
