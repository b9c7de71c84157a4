import { basename, dirname, join } from "../../base/paths.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { onFile } from "./files.ts";

/** A file to write: its final path and its bytes, made while it is written. */
export interface NewFile {
  /** Final path. */
  readonly path: string;
  /** Content, in pieces of any size. */
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Writes files so that none is ever half-written under its final name: each goes to a hidden temporary name in its
 * folder and to the disk, and only when all are complete are they renamed, in the order given. After a failure
 * before that the folder is as it was.
 *
 * @throws EnvironmentError when the disk refuses (full, read-only); what `chunks` throws comes through
 */
export async function writeFilesAtomically(files: readonly NewFile[]): Promise<void> {
  const pending = files.map(({ path }) => ({ path, temporary: temporaryName(path) }));
  try {
    for (const [i, file] of files.entries()) await writeAndSync(pending[i].temporary, file);
    while (pending.length > 0) {
      const { path, temporary } = pending[0];
      await onFile(path, () => Deno.rename(temporary, path));
      pending.shift();
    }
  } finally {
    // What never came to be is not there to remove; the first failure is the one to report.
    for (const { temporary } of pending) await Deno.remove(temporary).catch(() => {});
  }
}

async function writeAndSync(temporary: string, file: NewFile): Promise<void> {
  const output = await onFile(file.path, () => Deno.open(temporary, { write: true, createNew: true }));
  try {
    for await (const chunk of file.chunks()) {
      await onFile(file.path, () => writeAll(output, chunk, file.path));
    }
    await onFile(file.path, () => output.sync());
  } finally {
    output.close();
  }
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array, path: string): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const count = await output.write(bytes.subarray(written));
    if (count === 0) throw new EnvironmentError(`${path}: the disk takes no more bytes`);
    written += count;
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}
