import type { LlamaWeights } from "../state/state.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { quantizingSource } from "../../checkpoint/int4/int4_quantizing_source.ts";
import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import type { Checkpoint } from "../../checkpoint/tensors/types.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { isInt4 } from "../../gpu/matrix.ts";
import { KvBuffers } from "../kv/kv_buffers.ts";
import { forward } from "../forward/forward.ts";
import { decodeInt4 } from "./int4_rows.ts";
import { LoadedModel, uploadModel } from "./load.ts";
import { RandomCheckpoint } from "./random_checkpoint.ts";
import { freeWeights, type HeadSpec, loadWeights } from "./weights.ts";
import { kvShape } from "../kv/workspace.ts";

const CONFIG = LlamaConfig.from({
  vocabSize: 61,
  hiddenSize: 64,
  intermediateSize: 96,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  initializerRange: 0.2,
  maxPositionEmbeddings: 64,
});
const HEADS: HeadSpec[] = [{ name: "lm_head", rows: 61, bias: false }];
const IDS = [3, 1, 4, 1, 5, 9, 2, 6, 53];

type SourceOf = (module: string) => Int4Source | undefined;

/** The checkpoint with its 4-bit modules dequantized. */
function dequantized(checkpoint: Checkpoint, int4: SourceOf): Checkpoint {
  return {
    files: checkpoint.files,
    tensors: checkpoint.tensors,
    async read(tensor, begin, into) {
      const source = int4(tensor.name.replace(/\.weight$/, ""));
      if (!source) return await checkpoint.read(tensor, begin, into);
      const all = decodeInt4(source, await source.read(0, source.shape[0]));
      into.set(new Uint8Array(all.buffer, begin, into.length));
    },
    close() {},
  };
}

async function logitsOf(gpu: Gpu, weights: LlamaWeights): Promise<Float32Array> {
  const model = LoadedModel.bare(gpu, CONFIG, weights);
  const kv = new KvBuffers(gpu, kvShape(CONFIG, "float32"), 1, IDS.length);
  try {
    const rows = IDS.map((token, i) => ({ token, slot: 0, cachePosition: i, position: i }));
    const { head } = await forward(model, { rows, keyCount: IDS.length, kv, head: "lm_head" });
    return head!;
  } finally {
    kv.dispose();
    freeWeights(gpu, weights);
  }
}

/** Logits with modules in 4 bits must match a float32 run on the dequantized weights. */
async function check(int4: SourceOf, formats: Record<string, boolean>): Promise<void> {
  using gpu = await Gpu.open();
  const options = { dtype: "float32", heads: HEADS } as const;
  const weights = await loadWeights(gpu, CHECKPOINT, CONFIG, { ...options, int4 });
  const { selfAttn, mlp } = weights.layers[1];
  const maps = {
    qkv: selfAttn.qkvProj,
    o: selfAttn.oProj,
    gateUp: mlp.gateUpProj,
    down: mlp.downProj,
    head: weights.heads.lm_head,
  };
  for (const [name, { weight }] of Object.entries(maps)) {
    assertEquals(isInt4(weight.format), formats[name] ?? false, `${name} in 4 bits`);
  }
  const got = await logitsOf(gpu, weights);
  const plain = await loadWeights(gpu, dequantized(CHECKPOINT, int4), CONFIG, options);
  const want = await logitsOf(gpu, plain);
  assertEquals(got.length, IDS.length * 61);
  assert(want.some((value) => Math.abs(value) > 1), "logits of some size");
  got.forEach((value, i) => assert(Math.abs(value - want[i]) < 1e-3, `[${i}]: ${value}, not ${want[i]}`));
  assertEquals(gpu.allocatedBytes, 0, "all freed");
}

const CHECKPOINT = new RandomCheckpoint(CONFIG, HEADS, 5);

/** Quantizes a matrix of the checkpoint to 4 bits. */
function quantized(module: string, groupSize: number): Int4Source {
  return quantizingSource(CHECKPOINT, CHECKPOINT.tensors.get(`${module}.weight`)!, groupSize);
}

/** A synthetic module with zero points and groups in any order. */
function pointSource(module: string, groupSize: number, columnGroups?: Uint32Array): Int4Source {
  const [rows, columns] = CHECKPOINT.tensors.get(`${module}.weight`)!.shape;
  const groups = columns / groupSize;
  const seed = module.length;
  return {
    name: module,
    shape: [rows, columns],
    groupSize,
    scaleDtype: "float16",
    zeroKind: "point",
    columnGroups,
    read: (firstRow, count) => {
      const at = (i: number) => firstRow * groups + i;
      return Promise.resolve({
        rows: count,
        codes: Uint8Array.from(
          { length: count * columns / 2 },
          (_, i) => (firstRow * columns / 2 + i + seed) * 2654435761 >>> 13,
        ),
        scales: new Uint16Array(
          Float16Array.from({ length: count * groups }, (_, i) => 0.01 + at(i) % 7 / 200).buffer,
        ),
        zeros: Uint16Array.from({ length: count * groups }, (_, i) => at(i) * 5 % 17),
      });
    },
  };
}

const LAYER = /_proj$/;
const ALL = { qkv: true, o: true, gateUp: true, down: true };

Deno.test("int4: every linear map of the layers, groups of 32", async () => {
  await check((module) => LAYER.test(module) ? quantized(module, 32) : undefined, ALL);
});

Deno.test("int4: zero points, float16 scales, columns in the order of activations", async () => {
  await check((module) => {
    if (!LAYER.test(module)) return undefined;
    const columns = module.endsWith("down_proj") ? 96 : 64;
    return pointSource(module, 32, Uint32Array.from({ length: columns }, (_, i) => i * 7 % (columns / 32)));
  }, ALL);
});

Deno.test("int4: fused maps of different kinds, and groups of 16, fall back to floats; a head may be in 4 bits", async () => {
  await check((module) => {
    if (/[qk]_proj$|up_proj$/.test(module)) return quantized(module, 32);
    if (module.endsWith("o_proj")) return quantized(module, 16);
    if (module.endsWith("down_proj")) return pointSource(module, 96);
    return module === "lm_head" ? pointSource(module, 64) : undefined;
  }, { down: true, head: true });
});

Deno.test("int4: quantizing a checkpoint that is quantized already is refused", async () => {
  const path = await Deno.makeTempDir();
  try {
    const config = { ...CONFIG.toJSON(), quantization_config: { quant_method: "gptq", bits: 4 } };
    await Deno.writeTextFile(`${path}/config.json`, JSON.stringify(config));
    const { openModel } = await import("./load.ts");
    await assertRejects(
      () => openModel(path, () => HEADS, { quantizationConfig: new Int4WeightOnlyConfig() }),
      Error,
      "quantized already",
    );
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("int4: quantizing while loading converts the layers' maps whose columns the group divides", async () => {
  const gpu = await Gpu.open();
  const model = await uploadModel(gpu, CHECKPOINT, CONFIG, HEADS, {
    quantizationConfig: new Int4WeightOnlyConfig({ groupSize: 64 }),
  });
  try {
    const { selfAttn, mlp } = model.weights.layers[0];
    assertEquals(model.quantization, "int4");
    assertEquals(selfAttn.qkvProj.weight.format, {
      groupSize: 64,
      scaleDtype: "bfloat16",
      zeroKind: "value",
    });
    assertEquals(mlp.downProj.weight.format, "float32");
    assertEquals(model.weights.heads.lm_head.weight.format, "float32");
  } finally {
    model.dispose();
  }
});
