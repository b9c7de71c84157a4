import { dirname, fromFileUrl } from "../../base/paths.ts";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { onFile, requirePlainFile, statOrNothing } from "./files.ts";
import { describeForeign } from "./foreign.ts";
import { findInHubFolder, hubModelFolder, isHubId } from "./hub_folder.ts";

/** The folder of the small model shipped with the program; in a compiled program, a path in the virtual file system. */
export function defaultModelFolder(): string {
  return fromFileUrl(new URL("../../../testdata/default-model", import.meta.url));
}

/**
 * Finds a model on this machine; downloads nothing.
 *
 * @param nameOrPath a folder, a .safetensors file, or a hub id (`owner/name`) in the standard cache; an existing path
 * takes precedence over a hub id; default: `$LLAMA_MODEL`, or the default model if that is unset
 * @returns path of a folder or of a .safetensors file
 * @throws EnvironmentError that lists the places searched; DataError for a file of another kind
 */
export async function locateModel(nameOrPath?: string): Promise<string> {
  const name = nameOrPath ?? (Deno.env.get("LLAMA_MODEL") || defaultModelFolder());
  if (name === "") {
    throw new EnvironmentError("the model's name is empty, expected a folder, a file or a hub id");
  }
  const info = await statOrNothing(name);
  if (info?.isDirectory) return name;
  if (info !== undefined) {
    requirePlainFile(name, info);
    if (!name.endsWith(".safetensors")) throw await wrongKind(name);
    return name;
  }
  if (/^https?:\/\//.test(name)) {
    throw new EnvironmentError(
      `model ${JSON.stringify(name)}: expected a folder or a hub id (owner/name), got a URL`,
    );
  }
  if (!isHubId(name)) throw new EnvironmentError(`model ${JSON.stringify(name)}: no such folder or file`);
  const snapshot = await findInHubFolder(name);
  if (snapshot !== undefined) return snapshot;
  throw new EnvironmentError(
    `model ${JSON.stringify(name)}: no such folder, and not in the hub cache (${hubModelFolder(name)}); ` +
      `\`llama pull ${name}\` downloads it`,
  );
}

/** The folder with the config and the tokenizer of the result of {@linkcode locateModel}. */
export function modelFolder(path: string): string {
  return path.endsWith(".safetensors") ? dirname(path) : path;
}

async function wrongKind(path: string): Promise<DataError> {
  const start = new Uint8Array(256);
  const length = await onFile(path, async () => {
    using file = await Deno.open(path);
    return await file.read(start) ?? 0;
  });
  const kind = describeForeign(start.subarray(0, length)) ?? "a file without that ending";
  return new DataError(`${path}: expected a folder or a .safetensors file, got ${kind}`);
}
