import { basename, dirname, join, resolve } from "../../base/paths.ts";
import { clock } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import { onFile, statOrNothing } from "./files.ts";

/** Locked while the folder is filled, which distinguishes it from a leftover. */
const LOCK = ".lock";

/** Milliseconds after which a folder whose writer is alive is certain to have its lock. */
const UNLOCKED_MS = 10_000;
/** Attempts to remove a folder while the system may still be opening files in it. */
const REMOVALS = 3;

/** Deno 2.6 has no `tryLock`. */
type Lockable = Deno.FsFile & { tryLock?: (exclusive?: boolean) => Promise<boolean> };

/**
 * Creates a folder atomically: it is filled under a hidden name beside the target, then renamed once everything is
 * synced. If the work ends early, nothing is left; after a kill, the hidden folder is left, and the next call for this
 * path removes it.
 *
 * @param path a folder that does not exist, or is empty
 * @param fill writes the files
 * @param signal removes the hidden folder at once when it aborts
 * @throws UsageError if `path` is in use; EnvironmentError when the disk refuses
 */
export async function writeFolderAtomically(
  path: string,
  fill: (folder: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const target = resolve(path);
  await refuseExisting(target, path);
  await onFile(path, () => Deno.mkdir(dirname(target), { recursive: true }));
  await removeLeftovers(target);
  const hidden = `${hiddenPrefix(target)}${crypto.randomUUID().slice(0, 8)}`;
  // Synchronous, as the creation is: after a signal the process exits before a promise settles.
  const remove = () => {
    for (let tries = 0; tries < REMOVALS; tries++) {
      try {
        return Deno.removeSync(hidden, { recursive: true });
      } catch {
        // It was renamed, or a file was added meanwhile, or it cannot be removed: the first error is reported.
      }
    }
  };
  await onFile(path, () => Promise.try(() => Deno.mkdirSync(hidden)));
  signal?.addEventListener("abort", remove);
  try {
    signal?.throwIfAborted();
    const lock = await onFile(path, () => Deno.open(join(hidden, LOCK), { write: true, create: true }));
    try {
      await (lock as Lockable).tryLock?.(true);
      await fill(hidden);
      await sync(hidden);
    } finally {
      lock.close();
    }
    signal?.throwIfAborted();
    await refuseExisting(target, path);
    await onFile(path, () => Deno.rename(hidden, target));
    // Only now: without the lock a leftover folder could not be recognized.
    await onFile(path, () => Deno.remove(join(target, LOCK)));
    await sync(dirname(target));
  } finally {
    signal?.removeEventListener("abort", remove);
    remove();
  }
}

function hiddenPrefix(target: string): string {
  return join(dirname(target), `.${basename(target)}.unfinished-`);
}

async function refuseExisting(target: string, path: string): Promise<void> {
  const info = await statOrNothing(target);
  if (info === undefined) return;
  if (!info.isDirectory) throw new UsageError(`${path}: there is a file of that name, expected a new folder`);
  const first = await onFile(
    path,
    async () => (await Deno.readDir(target)[Symbol.asyncIterator]().next()).value,
  );
  if (first !== undefined) {
    throw new UsageError(
      `${path}: the folder holds ${JSON.stringify(first.name)}, expected a new or an empty one`,
    );
  }
}

/** Removes the leftovers of killed calls: their locks ended with the process. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = basename(hiddenPrefix(target));
  const names = await onFile(dirname(target), () => Array.fromAsync(Deno.readDir(dirname(target))));
  for (const { name, isDirectory } of names) {
    const folder = join(dirname(target), name);
    if (!isDirectory || !/^[0-9a-f]{8}$/.test(name.slice(prefix.length)) || !name.startsWith(prefix)) {
      continue;
    }
    if (await isAbandoned(folder)) await onFile(folder, () => Deno.remove(folder, { recursive: true }));
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    using lock: Lockable = await Deno.open(join(folder, LOCK), { write: true });
    return await lock.tryLock?.(true) ?? false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return false;
    // Its writer was killed before it took a lock, or is about to take one.
    const { mtime } = await onFile(folder, () => Deno.stat(folder));
    return mtime !== null && clock.date().getTime() - mtime.getTime() > UNLOCKED_MS;
  }
}

/** Syncs a folder's entries to the disk, on systems that support it; the files are synced already. */
async function sync(folder: string): Promise<void> {
  try {
    using file = await Deno.open(folder);
    await file.sync();
  } catch {
    // Not every system can open folders.
  }
}
