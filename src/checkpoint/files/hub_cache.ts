import { join } from "../../base/paths.ts";
import { readSmallFile, statOrNothing } from "./files.ts";

/** True for `owner/name`, the id of a model on a hub. */
export function isHubId(name: string): boolean {
  const part = "[A-Za-z0-9_][A-Za-z0-9._-]{0,95}";
  return new RegExp(`^${part}/${part}$`).test(name) && !/--|\.\./.test(name) && !/\.safetensors$/.test(name);
}

/**
 * The folder in which Hugging Face's libraries cache models: `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else
 * `$XDG_CACHE_HOME/huggingface/hub`, else `~/.cache/huggingface/hub`.
 */
export function hubCacheFolder(): string {
  const home = Deno.env.get("HOME") || Deno.env.get("USERPROFILE") || ".";
  const expand = (path: string) => path === "~" || path.startsWith("~/") ? home + path.slice(1) : path;
  const cache = Deno.env.get("HF_HUB_CACHE");
  if (cache) return expand(cache);
  const hub = Deno.env.get("HF_HOME");
  if (hub) return join(expand(hub), "hub");
  return join(expand(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache")), "huggingface", "hub");
}

/** The folder of one model in the cache, which may not exist: `models--owner--name`. */
export function hubModelFolder(id: string): string {
  return join(hubCacheFolder(), `models--${id.replace("/", "--")}`);
}

/**
 * Finds a model in the cache.
 * @param revision a branch, a tag or a commit
 * @returns the folder of its snapshot; undefined if it is not cached
 */
export async function findInHubCache(id: string, revision = "main"): Promise<string | undefined> {
  const folder = hubModelFolder(id);
  const reference = join(folder, "refs", ...revision.split("/"));
  const commit = await statOrNothing(reference) === undefined
    ? revision
    : new TextDecoder().decode(await readSmallFile(reference, 1024)).trim();
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(commit)) return undefined;
  const snapshot = join(folder, "snapshots", commit);
  return (await statOrNothing(snapshot))?.isDirectory ? snapshot : undefined;
}
