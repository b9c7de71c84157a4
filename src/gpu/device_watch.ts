import { pause } from "../base/clock.ts";
import { EnvironmentError, oneLine } from "../base/errors.ts";

const LOST = "GPU device was lost";

/**
 * Everything that a device says went wrong: what error scopes catch, what they do not, and its loss. The first failure
 * stays, for nothing that follows can be trusted.
 */
export class DeviceWatch {
  #failure: EnvironmentError | undefined;
  #ended = false;
  #pending: Promise<void>[] = [];

  constructor(readonly device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.fail(`GPU error: ${shortened((event as GPUUncapturedErrorEvent).error.message)}`);
    });
    device.lost.then(() => {
      // Whoever destroys it, the driver or somebody else: only our own end is none.
      if (!this.#ended) this.fail(LOST, true);
    });
  }

  /** From now on the device may go. */
  end(): void {
    this.#ended = true;
  }

  /** Calls the driver; errors of these kinds are kept for the next {@link check}, and what it throws is told too. */
  scoped<T>(
    filters: readonly GPUErrorFilter[],
    call: () => T,
    describe: (message: string, filter?: GPUErrorFilter) => string,
  ): T {
    for (const filter of filters) this.device.pushErrorScope(filter);
    try {
      return call();
    } catch (error) {
      throw this.fail(describe(shortened(error instanceof Error ? error.message : String(error))));
    } finally {
      for (const filter of filters.toReversed()) {
        // Deno 2.6 gives the error itself where later ones give a promise.
        this.#pending.push(
          Promise.resolve(this.device.popErrorScope()).then((error) => {
            if (error) this.fail(describe(shortened(error.message), filter));
          }),
        );
      }
    }
  }

  /** Keeps the first failure: those that follow come of it. Only a loss explains what was said before it. */
  fail(message: string, always = false): EnvironmentError {
    if (always) this.#failure = new EnvironmentError(message);
    return this.#failure ??= new EnvironmentError(message);
  }

  /**
   * What to say of an exception of the driver's.
   * @returns the device's own failure where there is one
   */
  async failure(what: string, error: unknown): Promise<EnvironmentError> {
    // A loss is told a moment later than the call that it spoils.
    await pause();
    await Promise.allSettled(this.#pending);
    return this.fail(`${what}: ${shortened(error instanceof Error ? error.message : String(error))}`);
  }

  /** Waits until everything made so far is known to be good. @throws EnvironmentError the first failure */
  async check(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await Promise.all(pending);
    // What else went wrong is told a moment later, and may be the reason.
    if (this.#failure) await pause();
    this.throwIfFailed();
  }

  /** @throws EnvironmentError when the device reported an error since it was opened */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }
}

/** A driver's message, which may be a whole listing. */
export function shortened(message: string): string {
  return oneLine(message.replaceAll(/\s+/g, " ")).slice(0, 400);
}
