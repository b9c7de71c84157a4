import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { LlamaConfig } from "./config/config.ts";
import { describeCheckpoint } from "./inspect.ts";
import { openCheckpoint } from "./safetensors/open_checkpoint.ts";
import type { Checkpoint, TensorInfo } from "./tensors/types.ts";

/** A checkpoint with these names and shapes; its tensors cannot be read. */
function checkpointOf(shapes: Record<string, number[]>): Checkpoint {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of Object.entries(shapes)) {
    tensors.set(name, { name, dtype: "F32", shape, file: "f", offset: 0, bytes: 0 });
  }
  return { files: ["f"], tensors, read: () => Promise.reject(new Error("a weight is read")), close() {} };
}

Deno.test("describeCheckpoint counts parameters", () => {
  const config = LlamaConfig.from({
    hiddenSize: 256,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    numHiddenLayers: 3,
    tieWordEmbeddings: true,
  });
  const checkpoint = checkpointOf({
    "model.embed_tokens.weight": [10, 256],
    "model.layers.0.self_attn.q_proj.weight": [256, 256],
    "model.layers.0.mlp.down_proj.weight": [256, 100],
    "model.layers.0.self_attn.q_proj.bias": [256],
    "model.layers.0.self_attn.rotary_emb.inv_freq": [32],
    "lm_head.weight": [10, 256],
  });
  const described = describeCheckpoint(config, checkpoint);
  const parameters = 2560 + 65536 + 25600 + 256;
  assertEquals(described.parameters, parameters);
  assertEquals(described.tensors.length, 6);
  assertEquals(described.files, ["f"]);
  const untied = describeCheckpoint(
    LlamaConfig.from({ ...config.toJSON(), tie_word_embeddings: false }),
    checkpoint,
  );
  assertEquals(untied.parameters, parameters + 2560);
});

Deno.test("describeCheckpoint counts what is in 4 bits, in every format", async () => {
  const linear = 64 * 64 * 5 + 32 * 64 * 2;
  const plain = 32 * 64 + 3 * 64;
  for (const name of ["gptq", "awq", "compressed_tensors", "tinygemm"]) {
    const folder = fromFileUrl(new URL(`../../testdata/int4/models/${name}`, import.meta.url));
    const config = await LlamaConfig.fromPretrained(folder);
    const checkpoint = await openCheckpoint(folder);
    checkpoint.close();
    assertEquals(describeCheckpoint(config, checkpoint).parameters, linear + plain, name);
    const others = LlamaConfig.from({ ...config.toJSON(), quantization_config: { quant_method: "other" } });
    const stored = [...checkpoint.tensors.values()].map(({ shape }) =>
      shape.reduce((all, it) => all * it, 1)
    );
    assertEquals(describeCheckpoint(others, checkpoint).parameters, stored.reduce((sum, it) => sum + it));
  }
});
