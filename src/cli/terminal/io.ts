/** Where prompts may come from. */
export interface Stdin {
  /**
   * A `stream` is whatever is no terminal: a pipe, a file, a socket, or nothing, which ends at once. More is not asked: only
   * Node's `fs` could, and Deno takes 33 ms of every start to make that.
   */
  readonly kind: "stream" | "terminal";
  chunks(): AsyncIterable<Uint8Array>;
}

/** A terminal that somebody types on. */
export interface Terminal {
  /** Keys come one by one and are not shown; off again when the process ends, whatever ends it. */
  raw(on: boolean): void;
  /** Whether Ctrl-C stays a signal then. */
  readonly keepsSignals: boolean;
  /** Cells of a row. */
  columns(): number;
}

/** The program's surroundings, so that tests can stand in for them. */
export interface Io {
  readonly stdin: Stdin;
  /** Writes some of the bytes; resolves to how many. */
  writeOut(bytes: Uint8Array): Promise<number>;
  /** Writes to stderr at once. */
  writeError(text: string): void;
  readonly errorIsTerminal: boolean;
  readonly outIsTerminal: boolean;
  /** Present where stdin is a terminal. */
  readonly terminal?: Terminal;
  env(name: string): string | undefined;
}

/** The surroundings of the running process. */
export function processIo(): Io {
  const encoder = new TextEncoder();
  return {
    stdin: { kind: Deno.stdin.isTerminal() ? "terminal" : "stream", chunks: () => Deno.stdin.readable },
    writeOut: (bytes) => Deno.stdout.write(bytes),
    writeError: (text) => {
      const bytes = encoder.encode(text);
      try {
        for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
      } catch {
        // Nobody reads stderr; there is nowhere left to say so.
      }
    },
    errorIsTerminal: Deno.stderr.isTerminal(),
    outIsTerminal: Deno.stdout.isTerminal(),
    terminal: Deno.stdin.isTerminal() ? processTerminal() : undefined,
    env: (name) => Deno.env.get(name),
  };
}

function processTerminal(): Terminal {
  const canSuspend = Deno.build.os !== "windows";
  // Ctrl-C and Ctrl-Z stay signals, where the system can do that.
  const on = () => Deno.stdin.setRaw(true, { cbreak: canSuspend });
  const off = () => Deno.stdin.setRaw(false);
  let isRaw = false;
  return {
    keepsSignals: canSuspend,
    raw: (wanted) => {
      if (wanted === isRaw) return;
      isRaw = wanted;
      const change = wanted ? globalThis.addEventListener : globalThis.removeEventListener;
      change("unload", off);
      // The shell has set the terminal its own way while the program was stopped.
      if (canSuspend) (wanted ? Deno.addSignalListener : Deno.removeSignalListener)("SIGCONT", on);
      (wanted ? on : off)();
    },
    columns: () => {
      try {
        return Deno.consoleSize().columns || 80;
      } catch {
        return 80;
      }
    },
  };
}
