import { LlamaConfig } from "../checkpoint/config/config.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { KvBuffers } from "../model/kv/kv_buffers.ts";
import { forward } from "../model/forward/forward.ts";
import { uploadModel } from "../model/weights/load.ts";
import { causalHead } from "../model/weights/weights.ts";
import { RandomCheckpoint } from "../model/weights/random_checkpoint.ts";
import { kvShape } from "../model/kv/workspace.ts";
import { forward as forwardTwin, type ReferenceConfig } from "../reference/forward.ts";
import type { Trial } from "./finding.ts";

/** Reduced sizes, so that float64 on one core finishes soon; the attention widths are unchanged. */
const MOST = { vocab_size: 256, intermediate_size: 512, num_hidden_layers: 1 };
const IDS = [1, 5, 9, 9, 200];

/**
 * A whole forward of one layer with random weights, as in a model: each kernel reads the results of the
 * previous one.
 */
export function forwardTrial(model: LlamaConfig): Trial {
  const fields = model.toJSON();
  for (const [name, most] of Object.entries(MOST)) fields[name] = Math.min(Number(fields[name]), most);
  fields.quantization_config = undefined;
  fields.hidden_act = ["prelu", "xielu"].includes(model.hiddenAct) ? "silu" : model.hiddenAct;
  fields.attention_bias = fields.mlp_bias = false;
  const config = LlamaConfig.from({
    ...fields,
    initializer_range: 0.5 * model.hiddenSize ** -0.5,
    tie_word_embeddings: false,
  });
  return {
    kernel: "a whole layer, its head and its cache",
    shape:
      `float32 ${config.hiddenSize}, ${config.numAttentionHeads} heads of ${config.headDim}, ${IDS.length} tokens`,
    run: async (gpu) => {
      const ids = IDS.map((id) => id % config.vocabSize);
      const heads = causalHead(config);
      const checkpoint = new RandomCheckpoint(config, heads, 7);
      const weights = new Map<string, Float64Array>();
      for (const tensor of checkpoint.tensors.values()) {
        const bytes = new Uint8Array(tensor.bytes);
        await checkpoint.read(tensor, 0, bytes);
        weights.set(tensor.name, Float64Array.from(new Float32Array(bytes.buffer)));
      }
      const { logits } = forwardTwin(weights, config.toJSON() as unknown as ReferenceConfig, {
        inputIds: [ids],
      });
      const got = await run(gpu, checkpoint, config, heads, ids);
      const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // Measured on correct drivers: below 2e-6 of the largest logit.
      return { got, want: logits, bound: () => 2e-5 * largest };
    },
  };
}

async function run(
  gpu: Gpu,
  checkpoint: RandomCheckpoint,
  config: LlamaConfig,
  heads: Parameters<typeof uploadModel>[3],
  ids: readonly number[],
): Promise<Float32Array> {
  const model = await uploadModel(gpu, checkpoint, config, heads, { dtype: "float32", gpu });
  const kv = new KvBuffers(gpu, kvShape(config, "float32"), 1, ids.length);
  try {
    const rows = ids.map((token, i) => ({ token, slot: 0, cachePosition: i, position: i }));
    const { head } = await forward(model, {
      rows,
      keyCount: ids.length,
      length: ids.length,
      kv,
      head: "lm_head",
    });
    return head!;
  } finally {
    kv.dispose();
    model.dispose();
  }
}
