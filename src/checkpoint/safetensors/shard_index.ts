import { DataError } from "../../base/errors.ts";
import { readSmallFile } from "../files/files.ts";
import { isJsonObject, kindOf, parseJson } from "../../base/json.ts";

const MAX_INDEX_BYTES = 100_000_000;

/**
 * Reads model.safetensors.index.json, which maps tensors to shards.
 * @returns tensor name → plain file name of its shard
 * @throws DataError if it is invalid or a shard's name could escape the folder
 */
export async function readShardIndex(path: string): Promise<Map<string, string>> {
  const root = parseJson(await readSmallFile(path, MAX_INDEX_BYTES), path);
  if (!isJsonObject(root)) throw new DataError(`${path}: expected an object, got ${kindOf(root)}`);
  const weightMap = root.weight_map;
  if (!isJsonObject(weightMap)) {
    throw new DataError(`${path}: weight_map: expected an object, got ${kindOf(weightMap)}`);
  }
  const shards = new Map<string, string>();
  for (const [tensor, shard] of Object.entries(weightMap)) {
    // A leading `./` is harmless.
    const plain = typeof shard === "string" ? shard.replace(/^(\.\/+)+/, "") : "";
    if (!isPlainName(plain)) {
      throw new DataError(
        `${path}: weight_map.${kindOf(tensor)}: expected a file name without folders, got ${kindOf(shard)}`,
      );
    }
    shards.set(tensor, plain);
  }
  if (shards.size === 0) throw new DataError(`${path}: weight_map: empty, expected at least one tensor`);
  return shards;
}

/**
 * True if the name cannot escape the folder: no separator of any system, no drive, no control character, not `.` or
 * `..`.
 */
function isPlainName(name: string): boolean {
  // deno-lint-ignore no-control-regex
  return name.length > 0 && name.length <= 255 && !/[/\\:\x00-\x1f]/.test(name) && !/^\.{1,2}$/.test(name);
}
