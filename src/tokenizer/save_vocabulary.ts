import { onFile } from "../checkpoint/files/files.ts";

/**
 * Writes tokenizer.model into a folder, created if missing.
 * @returns paths of the files written
 * @throws EnvironmentError when the disk refuses
 */
export async function writeVocabulary(
  directory: string,
  prefix: string | null | undefined,
  bytes: Uint8Array,
): Promise<string[]> {
  const path = `${directory}/${prefix ? `${prefix}-` : ""}tokenizer.model`;
  await onFile(path, async () => {
    await Deno.mkdir(directory, { recursive: true });
    await Deno.writeFile(path, bytes);
  });
  return [path];
}
