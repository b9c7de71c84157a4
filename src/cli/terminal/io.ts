/** Standard input as a source of prompts. */
export interface Stdin {
  /**
   * `stream` is everything except a terminal: a pipe, a file, a socket, or nothing, which ends at once. Finer
   * kinds need Node's `fs`, which costs 33 ms of every start in Deno.
   */
  readonly kind: "stream" | "terminal";
  chunks(): AsyncIterable<Uint8Array>;
}

/** An interactive terminal. */
export interface Terminal {
  /**
   * Raw mode: keys are delivered one by one and not echoed; switched off when the process ends, in any way.
   */
  raw(on: boolean): void;
  /** True if Ctrl-C remains a signal in raw mode. */
  readonly keepsSignals: boolean;
  /** Width in cells. */
  columns(): number;
}

/** The program's surroundings; tests replace them. */
export interface Io {
  readonly stdin: Stdin;
  /** Writes some of the bytes; resolves to their number. */
  writeOut(bytes: Uint8Array): Promise<number>;
  /** Writes to stderr at once. */
  writeError(text: string): void;
  readonly errorIsTerminal: boolean;
  readonly outIsTerminal: boolean;
  /** Present if stdin is a terminal. */
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
        // Stderr is closed; there is nowhere left to report it.
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
  // Ctrl-C and Ctrl-Z remain signals if the system supports that.
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
      // The shell has changed the terminal's mode while the program was stopped.
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
