/** The command was ended by a signal; the exit code is 128 + its number. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor(readonly exitCode: 130 | 143) {
    super(exitCode === 130 ? "SIGINT" : "SIGTERM");
  }
}

/**
 * Runs work under SIGINT and SIGTERM: the first one aborts the work's signal and rejects at once (work that waits
 * for stdin cannot hear the signal), a second Ctrl-C ends the process.
 * @throws Interrupted
 */
export async function underSignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupted = Promise.withResolvers<never>();
  const end = (exitCode: 130 | 143) => {
    if (controller.signal.aborted) Deno.exit(exitCode);
    const reason = new Interrupted(exitCode);
    controller.abort(reason);
    interrupted.reject(reason);
  };
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", () => end(130)]];
  // Windows knows no SIGTERM.
  if (Deno.build.os !== "windows") listeners.push(["SIGTERM", () => end(143)]);
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  try {
    return await Promise.race([work(controller.signal), interrupted.promise]);
  } finally {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  }
}
