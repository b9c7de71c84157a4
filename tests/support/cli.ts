import type { Io, Stdin } from "../../src/cli/terminal/io.ts";
import { main } from "../../src/cli/main.ts";

/** Fake IO for a test: stdin is given, output is recorded. */
export class FakeIo implements Io {
  readonly stdin: Stdin;
  readonly errorIsTerminal: boolean = false;
  outIsTerminal = false;
  stdout = "";
  stderr = "";
  readonly variables: Record<string, string> = {};
  readonly #decoder = new TextDecoder();

  /**
   * @param input chunks of stdin; a terminal if absent
   * @param writeError error that each write to stdout throws
   */
  constructor(
    input?: (string | Uint8Array)[] | "directory",
    readonly writeFailure?: Error,
  ) {
    const encoder = new TextEncoder();
    const chunks = Array.isArray(input) ? input : [];
    this.stdin = {
      kind: input === undefined ? "terminal" : "stream",
      chunks: async function* () {
        if (input === "directory") throw new Deno.errors.IsADirectory("Is a directory (os error 21)");
        for (const chunk of chunks) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
      },
    };
  }

  writeOut(bytes: Uint8Array): Promise<number> {
    if (this.writeFailure) return Promise.reject(this.writeFailure);
    // At most five bytes at a time: a pipe need not accept all of it.
    const taken = bytes.subarray(0, 5);
    this.stdout += this.#decoder.decode(taken, { stream: true });
    return Promise.resolve(taken.length);
  }

  writeError(text: string): void {
    this.stderr += text;
  }

  env(name: string): string | undefined {
    return this.variables[name];
  }
}

/** Runs the whole program in this process. */
export async function runMain(
  args: string[],
  io: FakeIo = new FakeIo(),
): Promise<{ code: number; stdout: string; stderr: string }> {
  const code = await main(args, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}
