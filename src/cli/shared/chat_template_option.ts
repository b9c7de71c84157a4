import { DataError, EnvironmentError } from "../../base/errors.ts";
import { decodeUtf8 } from "../../base/utf8.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";

/** Maximum size of a chat template, in bytes. */
const MOST_TEMPLATE = 1 << 20;

type Templates = Pick<LlamaTokenizerFast, "chatTemplate">;

/**
 * The template of `--chat-template`: one of the model's named templates, or a file; undefined without the option.
 * @throws EnvironmentError, DataError
 */
export async function readChatTemplate(
  given: string | undefined,
  { chatTemplate: own }: Templates,
): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const named = typeof own === "string" ? { default: own } : own ?? {};
  if (Object.hasOwn(named, given)) return named[given];
  try {
    return decodeUtf8(await readSmallFile(given, MOST_TEMPLATE), given);
  } catch (error) {
    const names = Object.keys(named);
    if (!(error instanceof EnvironmentError) || names.length === 0) throw error;
    throw new EnvironmentError(`${error.message}; the model's own templates: ${names.join(", ")}`);
  }
}

/** True if the model's folder has a template for conversations. */
export function hasChatTemplate({ chatTemplate: own }: Templates): boolean {
  return typeof own === "string" || own?.default !== undefined;
}

/** As {@link readChatTemplate}. @throws DataError if there is neither a template of the model nor another one */
export async function needChatTemplate(
  given: string | undefined,
  tokenizer: Templates,
  path: string,
): Promise<string | undefined> {
  const template = await readChatTemplate(given, tokenizer);
  if (template !== undefined || hasChatTemplate(tokenizer)) return template;
  throw new DataError(
    `${path}: the model has no chat template: choose one made for chat (often named Instruct or Chat), ` +
      "give a template with --chat-template FILE, or continue plain text with `llama run`",
  );
}
