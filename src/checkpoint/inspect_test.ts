import { assertEquals } from "@std/assert";
import { LlamaConfig } from "./config.ts";
import { describeCheckpoint } from "./inspect.ts";
import type { Checkpoint, TensorInfo } from "./types.ts";

/** A checkpoint of these names and shapes; nothing can be read from it. */
function checkpointOf(shapes: Record<string, number[]>): Checkpoint {
  const tensors = new Map<string, TensorInfo>();
  for (const [name, shape] of Object.entries(shapes)) {
    tensors.set(name, { name, dtype: "F32", shape, file: "f", offset: 0, bytes: 0 });
  }
  return { files: ["f"], tensors, read: () => Promise.reject(new Error("a weight is read")), close() {} };
}

Deno.test("describeCheckpoint counts parameters and bytes", () => {
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
  assertEquals(described.weightBytes, {
    float32: 4 * parameters,
    float16: 2 * parameters,
    bfloat16: 2 * parameters,
    int4: 2 * (2560 + 25600 + 256) + 65536 / 2 + 65536 / 128 * 4,
  });
  assertEquals(described.cacheBytesPerToken, 2 * 3 * 2 * 64 * 4);
  const untied = describeCheckpoint(
    LlamaConfig.from({ ...config.toJSON(), tie_word_embeddings: false }),
    checkpoint,
  );
  assertEquals(untied.parameters, parameters + 2560);
});
