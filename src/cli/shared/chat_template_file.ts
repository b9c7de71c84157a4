import { decodeUtf8 } from "../../base/utf8.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";

/** Maximum size of a chat template, in bytes. */
const MOST_TEMPLATE = 1 << 20;

/** The template of `--chat-template`; undefined without one. @throws EnvironmentError, DataError */
export async function readTemplateFile(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : decodeUtf8(await readSmallFile(file, MOST_TEMPLATE), file);
}
