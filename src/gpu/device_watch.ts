import { pause } from "../base/clock.ts";
import { EnvironmentError, oneLine } from "../base/errors.ts";

const LOST = "GPU device was lost";

/**
 * Collects every failure of a device: errors from scopes, uncaptured errors, and device loss. The first
 * failure is permanent, as later results cannot be trusted.
 */
export class DeviceWatch {
  #failure: EnvironmentError | undefined;
  #ended = false;
  #pending: Promise<void>[] = [];
  /** Resolves when the device is lost, unless it was ended before. */
  readonly lost: Promise<EnvironmentError>;

  constructor(readonly device: GPUDevice) {
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.fail(`GPU error: ${shortened((event as GPUUncapturedErrorEvent).error.message)}`);
    });
    this.lost = new Promise((resolve) => {
      device.lost.then(() => {
        // Any loss is a failure, whoever destroyed the device, unless we ended it ourselves.
        if (!this.#ended) resolve(this.fail(LOST, true));
      });
    });
  }

  /** Allows the device to be destroyed from now on. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Calls the driver; errors matching the filters surface at the next {@link check}, thrown exceptions at
   * once.
   */
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
        // Deno 2.6 returns the error itself, later versions a promise.
        this.#pending.push(
          Promise.resolve(this.device.popErrorScope()).then((error) => {
            if (error) this.fail(describe(shortened(error.message), filter));
          }),
        );
      }
    }
  }

  /**
   * Keeps the first failure, as later ones follow from it. Only a device loss replaces an earlier one, which
   * it explains.
   */
  fail(message: string, always = false): EnvironmentError {
    if (always) this.#failure = new EnvironmentError(message);
    return this.#failure ??= new EnvironmentError(message);
  }

  /**
   * Converts an exception thrown by the driver.
   * @returns the device's own failure if there is one
   */
  async failure(what: string, error: unknown): Promise<EnvironmentError> {
    // A device loss is reported slightly later than the call that it breaks.
    await pause();
    await Promise.allSettled(this.#pending);
    return this.fail(`${what}: ${shortened(error instanceof Error ? error.message : String(error))}`);
  }

  /** Waits until all work so far is known to have succeeded. @throws EnvironmentError the first failure */
  async check(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await Promise.all(pending);
    // Other failures are reported slightly later and may be the cause.
    if (this.#failure) await pause();
    this.throwIfFailed();
  }

  /** @throws EnvironmentError if the device has reported an error since it was opened */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }
}

/** Shortens a driver's message, which may be a whole listing. */
export function shortened(message: string): string {
  return oneLine(message.replaceAll(/\s+/g, " ")).slice(0, 400);
}
