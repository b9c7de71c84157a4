import { LlamaConfig } from "../checkpoint/config.ts";
import { type CheckpointDescription, describeCheckpoint } from "../checkpoint/inspect.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { UsageError } from "../errors.ts";
import { memoryPlan } from "../generate/mod.ts";
import type { Call } from "./commands.ts";
import { contextOf, findModel } from "./model.ts";
import { formatBytes } from "./progress.ts";

/** `llama inspect`: what a model is and the memory it needs, from config.json and the files' headers alone. */
export async function inspect(call: Call): Promise<number> {
  const { values, positionals, io, out } = call;
  if (positionals.length > 1) throw new UsageError(`expected one model, got ${positionals.length} arguments`);
  if (values.model !== undefined && positionals.length > 0) {
    throw new UsageError(`-m and the argument ${JSON.stringify(positionals[0])} both name a model; give one`);
  }
  const path = await findModel({ io, values: { model: positionals[0] ?? values.model } });
  const config = await LlamaConfig.fromPretrained(path);
  const maxLength = contextOf(config.maxPositionEmbeddings, values.maxLength).tokens;
  const checkpoint = await openCheckpoint(path);
  const description = describeCheckpoint(config, checkpoint);
  checkpoint.close();
  const plan = memoryPlan(config, { maxLength, batchSize: values.batchSize ?? 1 });
  const memory = {
    weights: description.weightBytes,
    cache_per_token: plan.cachePerToken,
    activations: plan.activations,
    staging: plan.staging,
  };
  if (values.json) {
    const { parameters, files } = description;
    const tensors = description.tensors.map(({ name, dtype, shape, bytes, file }) => ({
      name,
      dtype,
      shape,
      bytes,
      file,
    }));
    out.json({ path, config: config.toJSON(), parameters, files, tensors, memory });
  } else {
    const lengths = [...new Set([512, 2048, 8192, maxLength])].filter((length) => length <= maxLength);
    const cache = (length: number) => plan.cachePerToken * length * (values.batchSize ?? 1);
    const others = plan.activations + plan.staging;
    for (const line of summary(path, config, description)) out.line(line);
    out.line("");
    out.line(
      ["memory".padEnd(10), "weights", ...lengths.map((length) => `${length} tokens`)].map(cell).join(""),
    );
    for (const [dtype, bytes] of Object.entries(description.weightBytes)) {
      const totals = lengths.map((length) => bytes + cache(length) + others);
      out.line([dtype.padEnd(10), ...[bytes, ...totals].map(formatBytes)].map(cell).join(""));
    }
    out.line(
      `(a token of context takes ${formatBytes(plan.cachePerToken)}; activations ${
        formatBytes(plan.activations)
      }, ` +
        `staging ${formatBytes(plan.staging)})`,
    );
    out.line("");
    const width = Math.max(...description.tensors.map(({ name }) => name.length)) + 2;
    for (const { name, dtype, shape, bytes } of description.tensors) {
      out.line(
        `${name.padEnd(width)}${dtype.padEnd(6)}${`[${shape.join(", ")}]`.padEnd(18)}${formatBytes(bytes)}`,
      );
    }
  }
  return 0;
}

/** What people ask first, a line each. */
function summary(
  path: string,
  config: LlamaConfig,
  { parameters, tensors, files }: CheckpointDescription,
): string[] {
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))].join(", ");
  const tied = config.tieWordEmbeddings ? ", tied embeddings" : "";
  return [
    path,
    `${parameters.toLocaleString("en-US")} parameters in ${tensors.length} tensors (${dtypes}), ` +
    `${files.length} ${files.length === 1 ? "file" : "files"}`,
    `${config.numHiddenLayers} layers, hidden size ${config.hiddenSize}, MLP ${config.intermediateSize}, ` +
    `${config.numAttentionHeads} heads of ${config.headDim} with ${config.numKeyValueHeads} for keys and values${tied}`,
    `vocabulary ${config.vocabSize}, context ${config.maxPositionEmbeddings}, rope theta ${config.ropeTheta}` +
    (config.ropeScaling ? ` with scaling ${JSON.stringify(config.toJSON().rope_scaling)}` : ""),
  ];
}

/** A right-aligned column; the first is wide enough already. */
function cell(text: string, column: number): string {
  return column === 0 ? text : text.padStart(16);
}
