import { join } from "../../base/paths.ts";
import { DataError } from "../../base/errors.ts";
import { isRecord } from "../../base/fields.ts";
import { onFile, readSmallFile, statOrNothing } from "./files.ts";
import { parseJson } from "../../base/json.ts";
import { modelFolder } from "./locate.ts";
import { MERGE_ADAPTER } from "../tensors/wrapped_names.ts";

/** Other contents of a folder without a checkpoint, and the message for each. */
const FOREIGN: readonly (readonly [name: RegExp, problem: string])[] = [
  [
    /^pytorch_model.*\.bin(\.index\.json)?$/,
    "PyTorch's pickle format is unsupported, expected model.safetensors",
  ],
  [/\.gguf$/i, "GGUF is unsupported, expected config.json and model.safetensors"],
  [
    /^(consolidated\..*\.pth|params\.json)$/,
    "Meta's own format is unsupported, expected one that transformers has converted",
  ],
];

/**
 * The path of config.json in a model folder, or beside a .safetensors file.
 * @throws DataError if the folder holds a model of another kind
 */
export async function configPath(model: string): Promise<string> {
  const folder = modelFolder(model);
  const path = join(folder, "config.json");
  if (await statOrNothing(path) !== undefined) return path;
  const problem = await foreignModel(folder);
  if (problem !== undefined) throw problem;
  return path;
}

/** Identifies a folder without a config or without weights; undefined if it is not recognized. */
export async function foreignModel(folder: string): Promise<DataError | undefined> {
  const names = await fileNames(folder);
  if (names.includes("adapter_config.json")) return await adapterProblem(join(folder, "adapter_config.json"));
  for (const [pattern, problem] of FOREIGN) {
    const name = names.find((name) => pattern.test(name));
    if (name !== undefined) return new DataError(`${join(folder, name)}: ${problem}`);
  }
  return undefined;
}

/** Names in a folder, sorted; empty if it cannot be read. */
export async function fileNames(folder: string): Promise<string[]> {
  if (!(await statOrNothing(folder))?.isDirectory) return [];
  return await onFile(folder, async () => {
    return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  });
}

async function adapterProblem(path: string): Promise<DataError> {
  const root = parseJson(await readSmallFile(path, 2 ** 20), path);
  const base = isRecord(root) ? root.base_model_name_or_path : undefined;
  const name = typeof base === "string" ? ` (${JSON.stringify(base.slice(0, 200))})` : "";
  return new DataError(
    `${path}: an adapter, not a whole model${name}: ${MERGE_ADAPTER}`,
  );
}
