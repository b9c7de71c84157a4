import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { DataError } from "../../base/errors.ts";
import { LlamaConfig } from "../config/config.ts";
import { DTYPE_BITS } from "../tensors/dtypes.ts";
import { isQuantizable } from "./int4_modules.ts";
import { quantizeCheckpoint } from "./int4_quantize.ts";
import { quantizingSource } from "./int4_quantizing_source.ts";
import { int4Sources } from "./int4_sources.ts";
import { defaultModelFolder } from "../files/locate.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";
import type { Checkpoint } from "../tensors/types.ts";
import { type NewTensor, writeCheckpoint } from "../safetensors/write.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function bytesOf(checkpoint: Checkpoint, name: string): Promise<Uint8Array> {
  const tensor = checkpoint.tensors.get(name)!;
  const bytes = new Uint8Array(tensor.bytes);
  await checkpoint.read(tensor, 0, bytes);
  return bytes;
}

/** Asserts that the written model equals quantizing while loading; returns the number of 4-bit matrices. */
async function assertSame(model: string, written: string, groupSize: number): Promise<number> {
  const before = await openCheckpoint(model);
  const after = await openCheckpoint(written);
  try {
    const config = await LlamaConfig.fromPretrained(written);
    const find = await int4Sources(after, config.quantizationConfig);
    let converted = 0;
    for (const tensor of before.tensors.values()) {
      const source = find(tensor.name.replace(/\.weight$/, ""));
      assertEquals(source !== undefined, isQuantizable(tensor, groupSize), tensor.name);
      if (source === undefined) {
        const { dtype, shape } = after.tensors.get(tensor.name)!;
        assertEquals([dtype, shape], [tensor.dtype, tensor.shape]);
        assertEquals(await bytesOf(after, tensor.name), await bytesOf(before, tensor.name), tensor.name);
        continue;
      }
      converted++;
      const expected = quantizingSource(before, tensor, groupSize);
      const { read: _, ...described } = source;
      const { read: __, ...wanted } = expected;
      assertEquals(described, wanted);
      assertEquals(
        await source.read(0, source.shape[0]),
        await expected.read(0, source.shape[0]),
        tensor.name,
      );
    }
    assertEquals(after.tensors.size, before.tensors.size + 2 * converted);
    for (const { name, offset, dtype } of after.tensors.values()) {
      assertEquals(offset % (DTYPE_BITS[dtype] / 8), 0, `${name} is aligned`);
    }
    return converted;
  } finally {
    before.close();
    after.close();
  }
}

Deno.test("the default model in 4 bits has the values of quantizing while loading, and its own small files", async () => {
  const model = defaultModelFolder();
  await inFolder({}, async (root) => {
    const output = join(root, "out");
    let last = [0, 0];
    const onProgress = (done: number, total: number) => {
      assert(done > last[0]);
      last = [done, total];
    };
    const report = await quantizeCheckpoint(model, output, { groupSize: 64, onProgress });
    assertEquals([report.converted, report.kept], [28, 0]);
    assertEquals(last, [report.bytes.before, report.bytes.before]);
    assert(report.bytes.after < 0.55 * report.bytes.before);
    assertEquals(await assertSame(model, output, 64), 28);
    const copied = (await names(model)).filter((name) => name !== "training");
    assertEquals(await names(output), copied);
    for (const name of ["tokenizer.json", "tokenizer.model"]) {
      assertEquals(await Deno.readFile(join(output, name)), await Deno.readFile(join(model, name)));
    }
    const { quantizationConfig, ...config } = await LlamaConfig.fromPretrained(output);
    assertEquals(quantizationConfig, {
      quant_method: "tinygemm",
      bits: 4,
      group_size: 64,
      format_version: 1,
    });
    const { quantizationConfig: none, ...original } = await LlamaConfig.fromPretrained(model);
    assertEquals([none, config], [null, original]);
    await refuses(
      () => quantizeCheckpoint(output, join(root, "again")),
      DataError,
      "quantized already",
      "tinygemm",
    );
    assertEquals(await names(root), ["out"]);
  });
});

Deno.test("a model that is cut into shards is one of shards again", async () => {
  const model = defaultModelFolder();
  await inFolder({}, async (root) => {
    await quantizeCheckpoint(model, join(root, "a"), { maxShardSize: "1MB" });
    assertEquals(await assertSame(model, join(root, "a"), 128), 4);
    const files = (await names(join(root, "a"))).filter((name) => name.startsWith("model"));
    assert(files.length > 3 && files.at(-1) === "model.safetensors.index.json", files.join());
  });
});

const CONFIG = JSON.stringify({ hidden_size: 64, num_attention_heads: 2, custom: 7, model_type: "llama" });

/** A tensor of small numbers. */
function numbers(
  name: string,
  dtype: "F32" | "F16" | "BF16",
  shape: number[],
  change?: [number, number],
): NewTensor {
  const values = Float32Array.from(
    { length: shape.reduce((product, size) => product * size, 1) },
    (_, i) => Math.sin(i * i) / 16,
  );
  if (change) values[change[0]] = change[1];
  const halves = () => Uint16Array.from(new Uint32Array(values.buffer), (word) => word >>> 16);
  const array = { F32: () => values, F16: () => new Float16Array(values), BF16: halves }[dtype]();
  return { name, dtype, shape, chunks: () => [new Uint8Array(array.buffer)] };
}

const Q = "model.layers.0.self_attn.q_proj.weight";

Deno.test("float32 and float16 are rounded to bfloat16 first, and tensors of all widths stay aligned", async () => {
  await inFolder({ "config.json": CONFIG }, async (root) => {
    const model = join(root, "in");
    await writeCheckpoint(model, [
      numbers(Q, "F32", [3, 32]),
      numbers("model.layers.0.self_attn.k_proj.weight", "F16", [5, 64]),
      numbers("model.layers.0.self_attn.v_proj.weight", "F16", [5, 40]),
      numbers("model.layers.0.mlp.up_proj.weight", "BF16", [1, 32]),
      numbers("lm_head.weight", "F32", [3, 64]),
      numbers("model.norm.weight", "F32", [3]),
    ], { otherFiles: { "config.json": CONFIG, "LICENSE": "free", ".hidden": "", "notes.bin": "" } });
    const report = await quantizeCheckpoint(model, join(root, "out"), { groupSize: 32 });
    assertEquals([report.converted, report.kept], [3, 1]);
    assertEquals(await assertSame(model, join(root, "out"), 32), 3);
    assertEquals(await names(join(root, "out")), ["LICENSE", "config.json", "model.safetensors"]);
    assertEquals((await LlamaConfig.fromPretrained(join(root, "out"))).toJSON().custom, 7);
    await quantizeCheckpoint(join(model, "model.safetensors"), join(root, "file"), { groupSize: 32 });
    assertNotEquals(await names(join(root, "file")), []);
  });
});

Deno.test("weights that are no numbers, a shard that ends early and a broken config leave nothing", async () => {
  await inFolder({}, async (root) => {
    const model = join(root, "in");
    await writeCheckpoint(model, [numbers(Q, "F32", [8, 64], [300, NaN])], {
      otherFiles: { "config.json": CONFIG },
    });
    const quantize = () => quantizeCheckpoint(model, join(root, "out"), { groupSize: 32 });
    await refuses(quantize, DataError, "model.safetensors", Q, "row 4, columns 32 to 63");
    await Deno.truncate(join(model, "model.safetensors"), 500);
    await refuses(quantize, DataError, "model.safetensors");
    await Deno.writeTextFile(join(model, "config.json"), "{");
    await refuses(quantize, DataError, "config.json");
    await refuses(
      () => quantizeCheckpoint(model, join(root, "out"), { groupSize: 48 }),
      DataError,
      "groupSize",
      "48",
    );
    assertEquals(await names(root), ["in"]);
  });
});
