import { pause } from "../../base/clock.ts";

/** The command was ended by a signal; the exit code is 128 + its number. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor(readonly exitCode: 130 | 143) {
    super(exitCode === 130 ? "SIGINT" : "SIGTERM");
  }
}

/** Lets a command hear the first Ctrl-C itself, where that has a meaning of its own. */
export class Interrupts {
  #handler: (() => boolean) | undefined;

  /**
   * From now on SIGINT asks this first; true: it was dealt with, and the command goes on.
   * @returns what ends that
   */
  claim(handler: () => boolean): () => void {
    this.#handler = handler;
    return () => this.#handler = undefined;
  }

  /** Whether somebody deals with the signal. */
  taken(): boolean {
    return this.#handler?.() ?? false;
  }
}

/**
 * A Ctrl-C ends the program before this one in a pipe too, and the end of its output is often seen before the signal:
 * work that has ended waits this long for one.
 */
const SIGNAL_MS = 4;

/**
 * Runs work under SIGINT and SIGTERM: the first one aborts the work's signal and rejects at once (work that waits
 * for stdin cannot hear the signal), a second Ctrl-C ends the process.
 * @param interrupts who may take a SIGINT for itself
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
  const interrupt = () => {
    if (!interrupts.taken()) end(130);
  };
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", interrupt]];
  // Windows knows no SIGTERM.
  if (Deno.build.os !== "windows") listeners.push(["SIGTERM", () => end(143)]);
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  try {
    return await Promise.race([work(controller.signal).finally(() => pause(SIGNAL_MS)), interrupted.promise]);
  } finally {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  }
}
