import { dirname, join } from "../base/paths.ts";
import { pause } from "../base/clock.ts";
import { writeFilesAtomically } from "../checkpoint/files/atomic_files.ts";
import { onFile, statOrNothing } from "../checkpoint/files/files.ts";
import { hubFolder, hubModelFolder } from "../checkpoint/files/hub_folder.ts";
import { isJsonObject, parseJson } from "../base/json.ts";
import type { Need } from "./repo.ts";

const LOCK_POLL_MS = 100;

/** One model's folder in the hub folder, in huggingface_hub's layout. */
export class HubModelFolder {
  readonly path: string;

  /** @param id `owner/name` */
  constructor(readonly id: string) {
    this.path = hubModelFolder(id);
  }

  /** Path of a complete blob. */
  blob(etag: string): string {
    return join(this.path, "blobs", etag);
  }

  /** The folder of one commit. */
  snapshot(commit: string): string {
    return join(this.path, "snapshots", commit);
  }

  /**
   * Links a complete blob into a snapshot: a relative symlink, or a hard link if symlinks are not allowed.
   */
  async link(commit: string, name: string, etag: string): Promise<void> {
    const folder = this.snapshot(commit);
    const path = join(folder, name);
    await onFile(path, async () => {
      await Deno.mkdir(folder, { recursive: true });
      // Create under a temporary name and rename: this replaces any existing entry atomically, even a
      // dangling link.
      const fresh = join(folder, `.${name}.${crypto.randomUUID().slice(0, 8)}.tmp`);
      try {
        await Deno.symlink(join("..", "..", "blobs", etag), fresh);
      } catch {
        await Deno.link(this.blob(etag), fresh);
      }
      try {
        await Deno.rename(fresh, path);
      } catch (error) {
        await Deno.remove(fresh).catch(() => {});
        throw error;
      }
    });
  }

  /** Records the commit of a branch or tag. */
  async writeReference(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.path, "refs", ...revision.split("/"));
    await onFile(path, () => Deno.mkdir(dirname(path), { recursive: true }));
    await writeFilesAtomically([{ path, chunks: () => [new TextEncoder().encode(commit)] }]);
  }

  /**
   * Waits for the lock that huggingface_hub also takes before it writes a blob; it is released if the process
   * dies.
   * @returns undefined if the file system has no locks
   */
  async lock(etag: string, signal: AbortSignal): Promise<Disposable | undefined> {
    const path = join(
      hubFolder(),
      ".locks",
      this.path.slice(dirname(this.path).length + 1),
      `${etag}.lock`,
    );
    const file = await onFile(path, async () => {
      await Deno.mkdir(dirname(path), { recursive: true });
      return await Deno.open(path, { read: true, write: true, create: true });
    });
    // Deno 2.6 cannot try a lock, and waiting for one would block: each process then writes a file of its
    // own.
    const { tryLock } = file as Deno.FsFile & { tryLock?: (exclusive?: boolean) => Promise<boolean> };
    if (tryLock === undefined) {
      file.close();
      return undefined;
    }
    try {
      while (!await tryLock.call(file, true)) {
        signal.throwIfAborted();
        await pause(LOCK_POLL_MS);
      }
    } catch (error) {
      file.close();
      if (signal.aborted) throw error;
      return undefined;
    }
    return { [Symbol.dispose]: () => file.close() };
  }
}

/** True if a snapshot has all needed files; one filled by Python may hold only a part of a model. */
export async function isComplete(snapshot: string, need: Need): Promise<boolean> {
  const has = async (name: string) => (await statOrNothing(join(snapshot, name)))?.isFile ?? false;
  if (need === "tokenizer") return await has("tokenizer.json") || await has("tokenizer.model");
  if (!await has("config.json")) return false;
  if (await has("model.safetensors")) return true;
  const index = "model.safetensors.index.json";
  if (!await has(index)) return false;
  for (const shard of shardsOf(await onFile(snapshot, () => Deno.readFile(join(snapshot, index))))) {
    if (!await has(shard)) return false;
  }
  return true;
}

/** The files that an index names; empty if the index is broken: loading reports that better. */
function shardsOf(index: Uint8Array): Set<string> {
  try {
    const value = parseJson(index, "index");
    const map = isJsonObject(value) && isJsonObject(value.weight_map) ? Object.values(value.weight_map) : [];
    return new Set(
      map.filter((shard): shard is string => typeof shard === "string" && !shard.includes("\0")),
    );
  } catch {
    return new Set();
  }
}
