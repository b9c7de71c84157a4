import { dirname, join } from "@std/path";
import { locateModel } from "../checkpoint/locate.ts";
import { UsageError } from "../errors.ts";
import type { Session } from "../generate/mod.ts";
import { type LlamaTokenizerFast, loadTokenizer } from "../tokenizer/mod.ts";
import type { Call } from "./commands.ts";
import type { Context } from "./prompts.ts";
import { formatBytes, ProgressBar } from "./progress.ts";

/** Path of the model that the call names: `-m`, else `$LLAMA_MODEL`, else the built-in one. */
export function findModel({ values, io }: Pick<Call, "values" | "io">): Promise<string> {
  return locateModel(values.model ?? (io.env("LLAMA_MODEL") || undefined));
}

/** The model's tokenizer; undefined where its folder has none, which ids as prompts allow. */
export async function findTokenizer(path: string): Promise<LlamaTokenizerFast | undefined> {
  const folder = folderOf(path);
  for (const name of ["tokenizer.json", "tokenizer.model"]) {
    if (await exists(join(folder, name))) return await loadTokenizer(folder);
  }
  return undefined;
}

/** The tokenizer of the model that the call names. @throws DataError where its folder has none */
export async function needTokenizer(call: Pick<Call, "values" | "io">): Promise<LlamaTokenizerFast> {
  return await loadTokenizer(folderOf(await findModel(call)));
}

/** A model is a folder, or a file in one. */
function folderOf(path: string): string {
  return path.endsWith(".safetensors") ? dirname(path) : path;
}

/**
 * Loads the model onto the device, with a progress bar where that takes a while.
 * @param type the class, handed in so that only commands that need a device import its code
 */
export async function loadSession(type: typeof Session, path: string, call: Call): Promise<Session> {
  const { values, io, log, signal } = call;
  const bar = new ProgressBar(io, values);
  const clear = () => bar.clear();
  signal.addEventListener("abort", clear);
  try {
    const session = await type.load(path, {
      dtype: values.dtype,
      device: values.device,
      maxLength: values.maxLength,
      batchSize: values.batchSize,
      onProgress: (done, total) => bar.update(done, total),
      signal,
    });
    const bytes = formatBytes(session.weightBytes);
    log.detail(
      `loaded ${path}: ${bytes} of ${session.dtype} weights on ${session.device.name} in ${
        session.loadMs.toFixed(0)
      } ms`,
    );
    return session;
  } finally {
    bar.clear();
    signal.removeEventListener("abort", clear);
  }
}

/**
 * How long a sequence may get: the model's context, or less where `--max-length` says so.
 * @throws UsageError where `--max-length` is beyond the model's context
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

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
