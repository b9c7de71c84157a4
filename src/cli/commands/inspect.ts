import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { type CheckpointDescription, describeCheckpoint, openIfThere } from "../../checkpoint/inspect.ts";
import { int4Sources } from "../../checkpoint/int4/int4_sources.ts";
import type { Checkpoint } from "../../checkpoint/tensors/types.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import { defaultDevice, type MemoryPlan, memoryPlan, parametersOf } from "../../generate/mod.ts";
import type { Call } from "../shared/call.ts";
import { contextOf, findModel } from "../shared/load_model.ts";
import { formatBytes } from "../shared/progress.ts";
import { kindLines, tensorLines } from "./inspect_tensors.ts";

/**
 * `llama inspect`: a model's config, tensors and memory, read from config.json and the files' headers only.
 */
export async function inspect(call: Call): Promise<number> {
  const { values, positionals, io, out } = call;
  if (positionals.length > 1) throw new UsageError(`expected one model, got ${positionals.length} arguments`);
  if (values.model !== undefined && positionals.length > 0) {
    throw new UsageError(`-m and the argument ${JSON.stringify(positionals[0])} both name a model; give one`);
  }
  const path = await findModel({ io, values: { model: positionals[0] ?? values.model } });
  const config = await LlamaConfig.fromPretrained(path);
  const maxLength = contextOf(config.maxPositionEmbeddings, values.maxLength).tokens;
  const batchSize = values.batchSize ?? 1;
  const checkpoint = await openIfThere(path);
  for (const note of [...config.notes, ...checkpoint?.notes ?? []]) call.log.detail(note);
  let description: CheckpointDescription;
  let plan: MemoryPlan;
  try {
    description = checkpoint
      ? describeCheckpoint(config, checkpoint)
      : { parameters: parametersOf(config), tensors: [], files: [] };
    const int4 = checkpoint && await int4Of(checkpoint, config);
    plan = await memoryPlan(config, {
      kvDtype: values.kvCache === "auto" ? undefined : values.kvCache,
      checkpoint,
      int4,
      maxLength,
      batchSize,
      device: await defaultDevice(),
    });
  } finally {
    checkpoint?.close();
  }
  if (values.json) {
    const { parameters, files } = description;
    const tensors = description.tensors.map(({ name, dtype, shape, bytes, file }) => ({
      name,
      dtype,
      shape,
      bytes,
      file,
    }));
    const { weights, cachePerToken, kvDtype, activations, staging } = plan;
    const memory = { weights, cache_per_token: cachePerToken[kvDtype], activations, staging };
    out.json({ path, config: config.toJSON(), parameters, files, tensors, memory });
    return 0;
  }
  for (
    const line of [...summary(path, config, description), "", ...memoryTable(plan, maxLength, batchSize), ""]
  ) {
    out.line(line);
  }
  const { tensors } = description;
  for (const line of values.tensors ? tensorLines(tensors) : kindLines(tensors)) out.line(line);
  return 0;
}

/** Modules stored in 4 bits; empty if they could not be run either. */
async function int4Of(checkpoint: Checkpoint, config: LlamaConfig) {
  try {
    return await int4Sources(checkpoint, config.quantizationConfig);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** Memory of each weight storage type, for contexts up to the longest; keys and values as `plan` has them. */
function memoryTable(plan: MemoryPlan, maxLength: number, batchSize: number): string[] {
  const { kvDtype, cachePerToken } = plan;
  const lengths = [...new Set([512, 2048, 8192, maxLength])].filter((length) => length <= maxLength);
  const others = plan.activations + plan.staging;
  const rows = Object.entries(plan.weights).map(([storage, bytes]) => {
    const totals = lengths.map((length) => bytes + cachePerToken[kvDtype] * length * batchSize + others);
    return [storage.padEnd(10), ...[bytes, ...totals].map(formatBytes)];
  });
  const head = ["memory".padEnd(10), "weights", ...lengths.map((length) => `${length} tokens`)];
  const sequences = batchSize === 1 ? "" : ` of each of ${batchSize} sequences`;
  return [
    ...[head, ...rows].map((row) => row.map(cell).join("")),
    `(a token of context${sequences} takes ${formatBytes(cachePerToken[kvDtype])} in ${kvDtype}, ${
      formatBytes(cachePerToken.int8)
    } in int8; activations ${formatBytes(plan.activations)}, staging ${formatBytes(plan.staging)})`,
  ];
}

/** The most important facts, one line each. */
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

/** A right-aligned column; the first one is wide enough already. */
function cell(text: string, column: number): string {
  return column === 0 ? text : text.padStart(16);
}
