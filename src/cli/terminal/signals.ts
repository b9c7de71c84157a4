import { pause } from "../../base/clock.ts";

/** A signal ended the command; the exit code is 128 + its number. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor(readonly exitCode: 130 | 143) {
    super(exitCode === 130 ? "SIGINT" : "SIGTERM");
  }
}

/** Lets a command handle the first Ctrl-C itself, or the first signal of any kind. */
export class Interrupts {
  #handler: (() => boolean) | undefined;
  #scope: "Ctrl-C" | "every signal" = "Ctrl-C";

  /**
   * Registers a handler that a signal calls first; if it returns true, the command continues.
   * @returns a function that removes the handler
   */
  claim(handler: () => boolean, scope: "Ctrl-C" | "every signal" = "Ctrl-C"): () => void {
    this.#handler = handler;
    this.#scope = scope;
    return () => this.#handler = undefined;
  }

  /** Calls the handler; returns true if it dealt with the signal. */
  taken(exitCode: 130 | 143): boolean {
    const concerns = exitCode === 130 || this.#scope === "every signal";
    return concerns && (this.#handler?.() ?? false);
  }
}

/**
 * In a pipe, Ctrl-C also ends the program before this one, and the end of its output is often seen before the
 * signal: finished work waits this long for one.
 */
const SIGNAL_MS = 4;

/**
 * Runs work under SIGINT and SIGTERM: the first signal aborts the work's signal and rejects at once (work
 * that waits for stdin cannot react to it), a second Ctrl-C ends the process.
 * @param interrupts may handle a SIGINT itself
 * @throws Interrupted
 */
export async function underSignals<T>(
  work: (signal: AbortSignal) => Promise<T>,
  interrupts: Interrupts = new Interrupts(),
): Promise<T> {
  const controller = new AbortController();
  const interrupted = Promise.withResolvers<never>();
  const end = (exitCode: 130 | 143) => {
    if (controller.signal.aborted) Deno.exit(exitCode);
    const reason = new Interrupted(exitCode);
    controller.abort(reason);
    interrupted.reject(reason);
  };
  const receive = (exitCode: 130 | 143) => () => {
    if (!interrupts.taken(exitCode)) end(exitCode);
  };
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", receive(130)]];
  // Windows has no SIGTERM.
  if (Deno.build.os !== "windows") listeners.push(["SIGTERM", receive(143)]);
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  try {
    return await Promise.race([work(controller.signal).finally(() => pause(SIGNAL_MS)), interrupted.promise]);
  } finally {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  }
}
