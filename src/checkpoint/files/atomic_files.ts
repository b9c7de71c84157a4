import { basename, dirname, join } from "../../base/paths.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { onFile } from "./files.ts";

/** A file to write: its final path and its bytes, generated while it is written. */
export interface NewFile {
  /** Final path. */
  readonly path: string;
  /** Content, in pieces of any size. */
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * Writes files such that none is ever half-written under its final name. Each is written to a hidden temporary name in
 * the same folder and synced; once all are complete, they are renamed in the given order. After a failure before the
 * renames, the folder is unchanged.
 *
 * @throws EnvironmentError when the disk refuses (full, read-only); errors of `chunks` propagate
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
    // Some temporary files may not exist; the first failure is the one to report.
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
