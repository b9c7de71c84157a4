/**
 * A table of commands and their expected results, run through the real launcher, or through the program that
 * `LLAMA_TEST_PROGRAM` names (the compiled one): both share one table.
 */
import { assert, assertEquals, AssertionError, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, resolve } from "@std/path";
import { ownDeno } from "./own_deno.ts";

/** The project's folder, in which every row runs. */
export const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** The program under test. */
export const PROGRAM = resolve(Deno.env.get("LLAMA_TEST_PROGRAM") ?? `${ROOT}llama`);

const DENO = await ownDeno();

/** Expected result of a command. */
export interface Expected {
  /** The exit code (default: 0). */
  readonly code?: number;
  /** All of stdout; if absent, a text that ends in a newline, or nothing if the code is not 0. */
  readonly out?: string | RegExp;
  /** Checks stdout as one JSON value per line. */
  // deno-lint-ignore no-explicit-any -- a test reads the fields that it expects
  readonly json?: (values: any[]) => void;
  /** A part of stderr. An error is always one line; a success prints nothing unless this is set. */
  readonly err?: string | RegExp;
  readonly env?: Readonly<Record<string, string>>;
}

/** A shell line with `llama` in it, and its expected result. */
export type Row = readonly [line: string, expected: Expected];

/** Result of a command. */
export interface Ending {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A loaded machine may take longer than the half second after which a silent stdin is reported. */
const SILENCE = "llama: reading the input from stdin, which is silent so far; Ctrl-D ends it\n";

/** Runs a shell line in which `llama` is the program, in the project's folder; stdin is /dev/null. */
export async function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ending> {
  const script = `llama() { "$LLAMA_UNDER_TEST" "$@"; }\n${line}`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    cwd: ROOT,
    env: { ...DENO, LLAMA_UNDER_TEST: PROGRAM, ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  return { code, out: text(stdout), err: text(stderr).replace(SILENCE, "") };
}

/**
 * Declares one test that runs all rows, two at a time, and names each failed row.
 * @param prepare fills a new folder; `$T` in the rows
 */
export function table(
  name: string,
  rows: readonly Row[],
  prepare?: (folder: string) => Promise<void>,
): void {
  Deno.test(`contract: ${name}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "llama-contract-" });
    await prepare?.(folder);
    const failures: string[] = [];
    const queue = rows[Symbol.iterator]();
    const work = async () => {
      for (const row of queue) await check(row, folder).catch((error) => failures.push(failure(row, error)));
    };
    await Promise.all([work(), work()]).finally(() => Deno.remove(folder, { recursive: true }));
    if (failures.length > 0) throw new AssertionError(failures.join("\n\n"));
  });
}

async function check([line, { code = 0, out, json, err, env }]: Row, folder: string): Promise<void> {
  const got = await shell(line, { T: folder, ...env });
  assertEquals(
    got.code,
    code,
    `exit code; stdout ${JSON.stringify(got.out)}, stderr ${JSON.stringify(got.err)}`,
  );
  if (err !== undefined) matches(got.err, err, "stderr");
  if (code === 0 ? err === undefined : code > 4) assertEquals(got.err, "", "stderr");
  else if (code !== 0) assertMatch(got.err, /^llama: [^\n]+\n$/, "stderr: one line");
  if (json) {
    assert(got.out.endsWith("\n"), "stdout ends in a newline");
    json(got.out.slice(0, -1).split("\n").map((text) => JSON.parse(text)));
  } else if (out instanceof RegExp) assertMatch(got.out, out, "stdout");
  else if (out !== undefined || code !== 0) assertEquals(got.out, out ?? "", "stdout");
  else assert(got.out.endsWith("\n"), `stdout ends in a newline: ${JSON.stringify(got.out)}`);
}

function matches(text: string, expected: string | RegExp, what: string): void {
  if (typeof expected === "string") assertStringIncludes(text, expected, what);
  else assertMatch(text, expected, what);
}

function failure([line]: Row, error: unknown): string {
  return `$ ${line}\n${error instanceof Error ? error.message : error}`;
}
