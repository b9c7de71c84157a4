import { DataError, EnvironmentError, LlamaError } from "../../base/errors.ts";

/** Runs a file operation; an operating system error becomes an EnvironmentError that names the path. */
export async function onFile<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof LlamaError) throw error;
    if (error instanceof Deno.errors.NotFound) throw new EnvironmentError(`${path}: no such file or folder`);
    throw new EnvironmentError(`${path}: ${reason(error)}`);
  }
}

/** Returns the file info of a path, symlinks followed; undefined if it does not exist. */
export async function statOrNothing(path: string): Promise<Deno.FileInfo | undefined> {
  if (path.includes("\0")) return undefined;
  return await onFile(path, async () => {
    try {
      return await Deno.stat(path);
    } catch (error) {
      // A path through a plain file cannot exist either.
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    }
  });
}

/**
 * Refuses anything but a plain file (or a symlink to one): opening a FIFO or a device would hang.
 * @returns size in bytes
 */
export function requirePlainFile(path: string, info: Deno.FileInfo): number {
  if (info.isFile) return info.size;
  const kind = info.isDirectory ? "a folder" : info.isFifo ? "a FIFO" : "a device or socket";
  throw new DataError(`${path}: expected a file, got ${kind}`);
}

/**
 * Reads a whole small file.
 * @throws EnvironmentError if it does not exist or is not readable; DataError if it is not a plain file or is longer
 * than `limit` bytes
 */
export async function readSmallFile(path: string, limit: number): Promise<Uint8Array> {
  return await onFile(path, async () => {
    const size = requirePlainFile(path, await Deno.stat(path));
    if (size > limit) throw new DataError(`${path}: ${size} bytes long, expected at most ${limit}`);
    return await Deno.readFile(path);
  });
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Deno appends the call, as in "Permission denied (os error 13): open '…'".
  return text.split(/: (?:open|stat|read|write|mkdir|rename|readdir|remove|sync)/)[0].replaceAll("\n", " ");
}
