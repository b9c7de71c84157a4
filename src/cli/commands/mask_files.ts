import { writeFilesAtomically } from "../../checkpoint/files/atomic_files.ts";
import { onFile, statOrNothing } from "../../checkpoint/files/files.ts";
import { EnvironmentError, UsageError } from "../../base/errors.ts";
import type { TokenGrid } from "../../mask/token_grid.ts";
import type { OptionValues } from "../options/options.ts";

/** Files that Deno opens only with all permissions, which the launcher does not request. */
const SYSTEM = /^\/(dev|proc|sys)\/(?!null$)/;

/**
 * Checks the output files of pictures before any work is done.
 * @throws UsageError if two options name one file; EnvironmentError for a path that cannot be a file
 */
export async function checkPictureFiles({ png, html, file }: OptionValues): Promise<void> {
  const named = { "--png": png, "--html": html, "-f": file };
  const seen = new Map<string, string>();
  for (const [flag, path] of Object.entries(named)) {
    if (path === undefined) continue;
    if (path === "") throw new UsageError(`${flag}: expected the name of a file, got an empty one`);
    const isOutput = flag !== "-f";
    if (isOutput && SYSTEM.test(path)) {
      throw new EnvironmentError(
        `${path}: expected a file, got a system path, which Deno does not open`,
      );
    }
    const info = await statOrNothing(path);
    if (isOutput && info?.isDirectory) throw new EnvironmentError(`${path}: expected a file, got a folder`);
    const real = info ? await onFile(path, () => Deno.realPath(path)) : path;
    const before = seen.get(real);
    if (before !== undefined) throw new UsageError(`${before} and ${flag} name the same file ${path}`);
    seen.set(real, flag);
  }
}

/**
 * Writes the pictures to the files that the options name. @throws EnvironmentError; DataError for too many
 * tokens
 */
export async function writePictureFiles(
  { png, html }: OptionValues,
  grids: readonly TokenGrid[],
  title: string,
): Promise<void> {
  if (png !== undefined) {
    const { pngPicture } = await import("../../mask/png_picture.ts");
    await writePicture(png, [await pngPicture(grids, title)]);
  }
  if (html !== undefined) {
    const { htmlPage } = await import("../../mask/html_picture.ts");
    await writePicture(html, htmlPage(grids, title).map((text) => new TextEncoder().encode(text)));
  }
}

/**
 * Writes one file: a regular file is replaced once it is complete; a FIFO receives the bytes as they are
 * made.
 */
async function writePicture(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const info = await statOrNothing(path);
  if (!info || info.isFile) {
    const target = info ? await onFile(path, () => Deno.realPath(path)) : path;
    await writeFilesAtomically([{ path: target, chunks: () => chunks }]);
    return;
  }
  await onFile(path, async () => {
    using file = await Deno.open(path, { write: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      throw new EnvironmentError(
        `${path}: expected a file, got a device, which Deno does not write to`,
      );
    });
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
    }
  });
}
