import { basename, dirname, join, resolve } from "../../base/paths.ts";
import { clock } from "../../base/clock.ts";
import { UsageError } from "../../base/errors.ts";
import { onFile, statOrNothing } from "./files.ts";

/** Held while the folder is filled, so that others can tell it from one that was left behind. */
const LOCK = ".lock";

/** Milliseconds after which a folder has its lock for certain, if its maker lives. */
const UNLOCKED_MS = 10_000;
/** How often a folder is tried to be removed while the system may still open files in it. */
const REMOVALS = 3;

/** Deno 2.6 has no `tryLock`. */
type Lockable = Deno.FsFile & { tryLock?: (exclusive?: boolean) => Promise<boolean> };

/**
 * Makes a folder that is never there half: it is filled under a hidden name beside its own, and renamed when all is
 * on the disk. Whatever ends the work before, nothing is left but, after a kill, the hidden folder, which the next
 * call for this path removes.
 *
 * @param path a folder that is not there, or empty
 * @param fill writes the files
 * @param signal removes the hidden folder at once when it aborts
 * @throws UsageError when something is there; EnvironmentError when the disk refuses
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
  // At once, as the making is: after a signal the process does not live to see a promise settle.
  const remove = () => {
    for (let tries = 0; tries < REMOVALS; tries++) {
      try {
        return Deno.removeSync(hidden, { recursive: true });
      } catch {
        // It is renamed, or a file came into being meanwhile, or it cannot be removed: what failed first is reported.
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
    // Only now: without it nobody could tell a folder that was left behind.
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

/** Removes what calls left behind that were killed: their locks ended with them. */
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
    // Its maker was killed before it had a lock, or is about to make one.
    const { mtime } = await onFile(folder, () => Deno.stat(folder));
    return mtime !== null && clock.date().getTime() - mtime.getTime() > UNLOCKED_MS;
  }
}

/** Brings a folder's list of names to the disk, on systems that can; the files themselves are there already. */
async function sync(folder: string): Promise<void> {
  try {
    using file = await Deno.open(folder);
    await file.sync();
  } catch {
    // Not every system opens folders.
  }
}
