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
export function hubFolder(): string {
  const home = Deno.env.get("HOME") || Deno.env.get("USERPROFILE") || ".";
  const expand = (path: string) => path === "~" || path.startsWith("~/") ? home + path.slice(1) : path;
  const hub = Deno.env.get("HF_HUB_CACHE");
  if (hub) return expand(hub);
  const own = Deno.env.get("HF_HOME");
  if (own) return join(expand(own), "hub");
  return join(expand(Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache")), "huggingface", "hub");
}

/** The folder of one model in the hub folder, which may not exist: `models--owner--name`. */
export function hubModelFolder(id: string): string {
  return join(hubFolder(), `models--${id.replace("/", "--")}`);
}

/**
 * Finds a model in the hub folder.
 * @param revision a branch, a tag or a commit
 * @returns the folder of its snapshot; undefined if it is not there
 */
export async function findInHubFolder(id: string, revision = "main"): Promise<string | undefined> {
  const folder = hubModelFolder(id);
  const reference = join(folder, "refs", ...revision.split("/"));
  const commit = await statOrNothing(reference) === undefined
    ? revision
    : new TextDecoder().decode(await readSmallFile(reference, 1024)).trim();
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(commit)) return undefined;
  const snapshot = join(folder, "snapshots", commit);
  return (await statOrNothing(snapshot))?.isDirectory ? snapshot : undefined;
}
