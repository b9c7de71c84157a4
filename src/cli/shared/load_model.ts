import { join } from "../../base/paths.ts";
import { statOrNothing } from "../../checkpoint/files/files.ts";
import { isHubId } from "../../checkpoint/files/hub_folder.ts";
import { locateModel, modelFolder } from "../../checkpoint/files/locate.ts";
import { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { EnvironmentError, UsageError } from "../../base/errors.ts";
import type { Session, SessionOptions } from "../../generate/mod.ts";
import { type LlamaTokenizerFast, loadTokenizer } from "../../tokenizer/mod.ts";
import type { Call } from "./call.ts";
import { deviceOf } from "./device.ts";
import type { Context } from "../../generate/request/encode_prompt.ts";
import type { Log } from "./log.ts";
import { formatBytes, ProgressBar } from "./progress.ts";

/** Options of every load. */
export type LoadOptions = Pick<
  SessionOptions,
  "dtype" | "quantizationConfig" | "kvCache" | "device" | "onProgress" | "signal"
>;

/** The part of a call that names the model, and reports its download. */
type ModelCall = Pick<Call, "values" | "io"> & Partial<Pick<Call, "log" | "signal">>;

/**
 * Path of the call's model: `-m`, else `$LLAMA_MODEL`, else the built-in one. A hub id that is not in the
 * cache is downloaded into it.
 * @param need `tokenizer` downloads no weights
 */
export async function findModel(call: ModelCall, need: "model" | "tokenizer" = "model"): Promise<string> {
  const { values, io } = call;
  const name = values.model ?? (io.env("LLAMA_MODEL") || undefined);
  if (name === undefined || !isHubId(name) || await exists(name)) return await locateModel(name);
  return await findOnHub(name, need, call);
}

async function findOnHub(id: string, need: "model" | "tokenizer", call: ModelCall): Promise<string> {
  const { values, io, log, signal } = call;
  const { findOrPull } = await import("../../hub/pull.ts");
  const bar = new ProgressBar(io, values, undefined, "downloading");
  const clear = () => bar.clear();
  signal?.addEventListener("abort", clear);
  try {
    return await findOrPull(id, {
      need,
      signal,
      onStart: (bytes, endpoint) => log?.note(`downloading ${id} from ${endpoint}: ${formatBytes(bytes)}`),
      onProgress: (done, total) => bar.update(done, total),
    });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new EnvironmentError(`${error.message}; and ${JSON.stringify(id)} is no folder here`);
  } finally {
    bar.clear();
    signal?.removeEventListener("abort", clear);
  }
}

/** The model's tokenizer; undefined if its folder has none (prompts can be ids). */
export async function findTokenizer(path: string): Promise<LlamaTokenizerFast | undefined> {
  const folder = modelFolder(path);
  for (const name of ["tokenizer.json", "tokenizer.model"]) {
    if (await exists(join(folder, name))) return await loadTokenizer(folder);
  }
  return undefined;
}

/** The tokenizer of the call's model. @throws DataError if its folder has none */
export async function needTokenizer(call: ModelCall): Promise<LlamaTokenizerFast> {
  return await loadTokenizer(modelFolder(await findModel(call, "tokenizer")));
}

/**
 * Loads the model onto the device, with a progress bar if that takes a while.
 * @param type the class, passed in so that only commands that need a device import its code
 * @param more session options of the command itself
 */
export async function loadSession(
  type: typeof Session,
  path: string,
  call: Call,
  more: SessionOptions = {},
): Promise<Session> {
  const { maxLength, batchSize, cache } = call.values;
  const session = await withProgress(
    call,
    (options) => type.load(path, { ...options, maxLength, batchSize, cache, ...more }),
  );
  const { description, device } = session.model.gpu.info;
  const deviceName = description || device;
  const bytes = formatBytes(session.model.weightBytes);
  call.log.detail(
    `loaded ${path}: ${bytes} of ${
      session.model.quantization === "int4" ? "int4 and " : ""
    }${session.model.dtype} weights, KV cache in ${session.model.kvDtype}, on ${deviceName} in ${
      session.model.loadMs.toFixed(0)
    } ms`,
  );
  for (const note of session.model.notes) call.log.detail(note);
  tellUnexpected(call.log, path, session.model.unexpected);
  return session;
}

/** Logs, as a detail, which tensors of the checkpoint the model does not use. */
export function tellUnexpected(log: Log, path: string, names: readonly string[]): void {
  if (names.length > 0) log.detail(`${path}: unexpected tensors, not loaded: ${names.join(", ")}`);
}

/** Loads a model onto the device with the call's options, with a progress bar if that takes a while. */
export async function withProgress<Loaded>(
  { values, io, signal }: Call,
  load: (options: LoadOptions) => Promise<Loaded>,
): Promise<Loaded> {
  const bar = new ProgressBar(io, values);
  const clear = () => bar.clear();
  signal.addEventListener("abort", clear);
  try {
    return await load({
      dtype: values.dtype,
      quantizationConfig: quantizationOf(values),
      kvCache: values.kvCache,
      device: deviceOf(values.device),
      onProgress: (done, total) => bar.update(done, total),
      signal,
    });
  } finally {
    bar.clear();
    signal.removeEventListener("abort", clear);
  }
}

/**
 * The value of `--quantize` and `--group-size`. @throws UsageError for a group size without `--quantize int4`
 */
function quantizationOf({ quantize, groupSize }: Call["values"]): Int4WeightOnlyConfig | undefined {
  if (quantize === "int4") return new Int4WeightOnlyConfig({ groupSize: Number(groupSize ?? 128) });
  if (groupSize !== undefined) throw new UsageError("--group-size: expected --quantize int4 beside it");
  return undefined;
}

/**
 * Maximum length of a sequence: the model's context, or `--max-length` if that is less.
 * @throws UsageError if `--max-length` exceeds the model's context
 */
export function contextOf(maxPositionEmbeddings: number, maxLength: number | undefined): Context {
  if (maxLength === undefined) return { tokens: maxPositionEmbeddings, name: "the model's context" };
  if (maxLength > maxPositionEmbeddings) {
    throw new UsageError(
      `--max-length: expected at most the model's ${maxPositionEmbeddings}, got ${maxLength}`,
    );
  }
  return { tokens: maxLength, name: "--max-length" };
}

/** True if the path exists; errors other than "not found" are thrown. */
async function exists(path: string): Promise<boolean> {
  return await statOrNothing(path) !== undefined;
}
