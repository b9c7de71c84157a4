import { DataError, EnvironmentError, LlamaError, UsageError } from "../../base/errors.ts";
import type { Io } from "../terminal/io.ts";
import { Log } from "./log.ts";
import { MAX_LINE_BYTES, readAll, splitLines } from "../terminal/lines.ts";
import type { OptionValues } from "../options/options.ts";
import type { JsonObject } from "../../base/json.ts";
import {
  type BatchLine,
  isBatchLine,
  parseRecord,
  type PromptRecord,
  readRecord,
  recordId,
  type RecordOptions,
} from "./record.ts";
import { tellSilence } from "../terminal/silence.ts";
import { decodeUtf8 } from "../../base/utf8.ts";

/** One prompt of the input, or its error. */
export interface PromptItem {
  /** Position among the prompts, from 0. */
  readonly index: number;
  /** The record's `id`; null without one. */
  readonly id: unknown;
  /** Position in the input, for messages: `stdin, line 3`. */
  readonly where: string;
  /** Text, or token ids to use unchanged. */
  readonly prompt: string | number[];
  /** Question answering: the text that contains the answer to the prompt. */
  readonly context?: string;
  /** Fields of a conversation, which the prompt is made of. */
  readonly chat?: JsonObject;
  /** A request of an OpenAI batch file, instead of a prompt. */
  readonly batch?: BatchLine;
  /** True for a line of an OpenAI batch file, even an invalid one. */
  readonly isBatch?: true;
  /** Options that the record sets. */
  readonly options: RecordOptions;
  /** Set if the prompt cannot be used; the other prompts still can. */
  readonly error?: LlamaError;
}

/**
 * Yields the prompts of one call as soon as they are read: an argument or `-p`, a file or stdin, whole or
 * line by line. An invalid line yields an item with an `error`, and reading continues.
 * @param readLine checks the records of `--jsonl`
 * @throws UsageError if there is no prompt; DataError for a whole input that is not UTF-8 or too long;
 *   EnvironmentError for a file or directory that cannot be read
 */
export async function* readPrompts(
  values: OptionValues,
  positionals: readonly string[],
  io: Io,
  readLine: (value: unknown) => PromptRecord = readRecord,
): AsyncGenerator<PromptItem> {
  const argument = promptArgument(values, positionals);
  const lineByLine = values.lines || values.jsonl;
  if (lineByLine && argument !== undefined) {
    const flag = values.lines ? "--lines" : "--jsonl";
    throw new UsageError(
      `${flag} reads prompts from stdin or -f; drop the prompt ${JSON.stringify(argument)}`,
    );
  }
  const source = openSource(values, io, argument !== undefined);
  if (!source) {
    if (argument === undefined) {
      throw new UsageError("no prompt: give one as an argument, with -p or -f, or on stdin");
    }
    yield { index: 0, id: null, where: "prompt", prompt: argument, options: {} };
  } else if (lineByLine) {
    yield* readLines(source, values.jsonl ? readLine : undefined);
  } else {
    const prompt = await readWhole(source, argument);
    yield { index: 0, id: null, where: source.name, prompt, options: {} };
  }
}

/** A stream of bytes and its name. */
export interface Source {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Names of stdin. Deno opens the system's own only for programs with all permissions. */
const STDIN: ReadonlySet<string> = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/**
 * The named file (`-` is stdin, even a terminal), else stdin if it is not a terminal; otherwise undefined.
 * Logs a hint while it waits for a silent stdin.
 * @param given true if the call has other input: then no hint is logged
 */
export function openSource(
  { file, quiet }: Pick<OptionValues, "file" | "quiet">,
  io: Io,
  given: boolean,
): Source | undefined {
  const isNamed = file !== undefined && STDIN.has(file);
  if (file !== undefined && !isNamed) return { name: file, chunks: fileChunks(file) };
  const { kind } = io.stdin;
  if (kind === "terminal" && !isNamed) return undefined;
  const chunks = readable("stdin", io.stdin.chunks());
  const log = new Log(io, { quiet });
  const hint = () => log.note("reading the input from stdin, which is silent so far; Ctrl-D ends it");
  return { name: "stdin", chunks: given ? chunks : tellSilence(chunks, hint) };
}

/**
 * All of a source as text, without one trailing line break; after `before` and a line break if that is given.
 * @param what expected input, for the error of an empty source
 * @throws UsageError if the source is empty; DataError if it is too long or not UTF-8
 */
export async function readWhole(
  source: Source,
  before?: string,
  what = "a prompt there, as an argument or with -p",
): Promise<string> {
  const bytes = await readAll(source.chunks);
  if (!bytes) throw new DataError(`${source.name}: ${TOO_LONG}`);
  const text = decodeUtf8(bytes, source.name).replace(/\r?\n$/, "");
  if (text !== "") return before === undefined ? text : before + "\n" + text;
  if (before === undefined) throw new UsageError(`${source.name} is empty: expected ${what}`);
  return before;
}

async function* readLines(
  source: Source,
  readLine: ((value: unknown) => PromptRecord) | undefined,
): AsyncGenerator<PromptItem> {
  let index = 0;
  for await (const line of splitLines(source.chunks)) {
    const where = `${source.name}, line ${line.number}`;
    let item: Omit<PromptItem, "index"> = { id: null, where, prompt: "", options: {} };
    try {
      if (!line.bytes) throw new DataError(`${where}: ${TOO_LONG}`);
      let text = decodeUtf8(line.bytes, where, line.offset);
      // JSON written by a Windows program may begin with a byte order mark; in a prompt it is text.
      if (readLine && line.number === 1) text = text.replace(/^\ufeff/, "");
      if (!readLine) item = { ...item, prompt: text };
      // Blank lines between records are skipped; many writers leave one at the end.
      else if (text.trim() === "") continue;
      else {
        const value = parseRecord(text);
        item = { ...item, id: recordId(value), ...(isBatchLine(value) && { isBatch: true }) };
        item = { ...item, ...readLine(value) };
      }
    } catch (error) {
      if (!(error instanceof LlamaError)) throw error;
      const message = error.message.startsWith(where) ? error.message : `${where}: ${error.message}`;
      item = { ...item, error: new DataError(message) };
    }
    yield { index: index++, ...item };
  }
  if (index === 0) {
    throw new UsageError(`${source.name} is empty: expected one ${readLine ? "record" : "prompt"} a line`);
  }
}

const TOO_LONG = `expected at most ${MAX_LINE_BYTES} bytes in one prompt, got more`;

/** The prompt on the command line itself. @throws UsageError if there are several */
export function promptArgument(values: OptionValues, positionals: readonly string[]): string | undefined {
  if (positionals.length > 1) {
    throw new UsageError(
      `expected one prompt, got ${positionals.length} arguments; put quotes around the prompt`,
    );
  }
  if (values.prompt !== undefined && positionals.length > 0) {
    throw new UsageError(
      `-p and the argument ${JSON.stringify(positionals[0])} are both prompts; give one of them`,
    );
  }
  return values.prompt ?? positionals[0];
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  yield* readable(path, file.readable);
}

/** Yields the same chunks; a read error names its source. */
export async function* readable(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): Error {
  if (error instanceof LlamaError) return error;
  if (error instanceof Deno.errors.IsADirectory) {
    return new EnvironmentError(`${name}: expected text, got a directory`);
  }
  const reason = error instanceof Deno.errors.NotFound
    ? "there is no such file"
    : error instanceof Deno.errors.NotCapable
    ? "Deno opens no such file by its name; redirect it: llama … < FILE"
    : error instanceof Error
    ? error.message
    : String(error);
  return new EnvironmentError(`${name}: cannot read: ${reason}`);
}
