import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeIo, runMain } from "../support/cli.ts";

/** One bad input, and the expected error of the command. */
export interface Row {
  readonly what: string;
  /** Files that replace or join those of a good model (61 tokens, context 64); null removes one. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
  /** Preparation beyond plain files. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** The command line; FOLDER is the model's folder. If absent, the model is run. */
  readonly args?: readonly string[];
  /** Chunks of stdin; a terminal if absent. */
  readonly stdin?: (string | Uint8Array)[] | "directory";
  readonly code: number;
  /** Words that the line on stderr (the object on stdout, if `inRecord`) must contain. */
  readonly words: readonly (string | RegExp)[];
  /** True if the error is reported in a record on stdout. */
  readonly inRecord?: boolean;
}

/** Maximum time of an answer, and maximum growth of memory after it. */
export const MOST_MS = 4000;
export const MOST_BYTES = 64 * 2 ** 20;

/** Runs a possibly broken model on ids, which needs no tokenizer. */
export const RUN: readonly string[] = ["run", "-m", "FOLDER", "--jsonl", "--json", "--greedy", "-n", "1"];

/** Requests the ids of a word, which needs only the tokenizer. */
export const TOKENIZE: readonly string[] = ["tokenize", "-m", "FOLDER", "hello"];

/** One record, run by the good model. */
export function recordRow(text: string, ...words: string[]): Row {
  return {
    what: `record: ${text.slice(0, 100)}`,
    args: RUN,
    stdin: [text + "\n"],
    code: 3,
    words,
    inRecord: true,
  };
}

/** A tokenizer.json, put next to the good model. */
export function tokenizerJsonRow(
  what: string,
  content: string | Uint8Array,
  ...words: (string | RegExp)[]
): Row {
  return {
    what: `tokenizer.json: ${what}`,
    files: { "tokenizer.json": content },
    args: TOKENIZE,
    code: 3,
    words: ["tokenizer.json", ...words],
  };
}

const GOOD = fromFileUrl(new URL("../../testdata/golden/gqa_bf16/", import.meta.url));
const RECORD = '{"prompt": [1, 2]}\n';

/** A new folder with the good model and the row's changes, removed afterwards. */
export async function inModelFolder<T>(row: Partial<Row>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "llama-trust-" });
  try {
    for (const name of ["config.json", "model.safetensors"]) {
      if (row.files?.[name] === undefined) await Deno.copyFile(join(GOOD, name), join(folder, name));
    }
    for (const [name, content] of Object.entries(row.files ?? {})) {
      if (content === null) continue;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await row.prepare?.(folder);
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** JavaScript's text for missing values and plain objects; a message must use words. */
export const NOT_WORDS = /\bundefined\b|\[object /;

/** How often a row may exceed a limit, because of a busy machine or other rows' garbage. */
const MOST_TRIES = 3;

/** Runs the row through the whole program, in this process, and checks the answer against the row. */
export async function checkRow(row: Row): Promise<void> {
  let excess: string | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    excess = await excessOf(row);
    if (excess === undefined) return;
  }
  throw new Error(excess);
}

/** Checks the answer against the row; returns the exceeded limit. */
function excessOf(row: Row): Promise<string | undefined> {
  return inModelFolder(row, async (folder) => {
    const args = (row.args ?? RUN).map((argument) => argument.replaceAll("FOLDER", folder));
    const io = new FakeIo(row.stdin ?? (row.args ? undefined : [RECORD]));
    const before = memory();
    const start = performance.now();
    const { code, stdout, stderr } = await runMain(args, io);
    const took = performance.now() - start;
    const grown = memory() - before;
    assertEquals(code, row.code, `${args.join(" ")}: ${stderr}${stdout.slice(0, 300)}`);
    const answer = row.inRecord ? errorsOf(stdout) : stderr;
    for (const word of row.words) {
      if (typeof word === "string") assertStringIncludes(answer, word);
      else assert(word.test(answer), `expected ${word} in ${answer}`);
    }
    assert(!NOT_WORDS.test(answer), `the message shows what JavaScript calls a value: ${answer}`);
    assert(answer.length < 1000, `the message is ${answer.length} characters long`);
    assert(/^llama: [^\n]+\n$/.test(stderr), `one line, not ${JSON.stringify(stderr)}`);
    if (!row.inRecord) assertEquals(stdout, "");
    if (took >= MOST_MS) return `took ${took.toFixed(0)} ms`;
    if (grown >= MOST_BYTES + 4 * sizeOf(row)) return `memory grew by ${grown} bytes`;
  });
}

/** Size of a row's input in bytes. */
function sizeOf({ files = {}, stdin }: Row): number {
  const pieces = [...Object.values(files), ...Array.isArray(stdin) ? stdin : []];
  return pieces.reduce((sum, piece) => sum + (piece?.length ?? 0), 0);
}

function memory(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function errorsOf(stdout: string): string {
  const errors = stdout.trim().split("\n").map((line) => JSON.parse(line).error ?? "");
  return errors.map((error) => error.message ?? error).join("\n");
}
