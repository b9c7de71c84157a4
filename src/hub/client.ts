import { clock } from "../base/clock.ts";
import { EnvironmentError, LlamaError } from "../base/errors.ts";
import type { HubSettings } from "./settings.ts";

/** Consecutive failed attempts before a request is given up. */
const MAX_ATTEMPTS = 5;
/** Attempts if the host cannot be reached at all: more attempts rarely help. */
const MAX_CONNECTS = 3;
const MAX_REDIRECTS = 10;
const LONGEST_WAIT_MS = 30_000;

/** A transient failure: a connection that was cut or never made, a busy server. */
export class PassingFailure extends Error {
  override name = "PassingFailure";

  /**
   * @param attempts maximum number of such failures in a row
   * @param waitMs delay that the server asks for
   */
  constructor(message: string, readonly attempts: number = MAX_ATTEMPTS, readonly waitMs?: number) {
    super(message);
  }
}

/** The hub now serves other content than when the file was looked up. */
export class ContentChanged extends Error {
  override name = "ContentChanged";
}

/** A response after all redirects. */
export interface Answer {
  readonly response: Response;
  /** A header of the final response, or else of the first redirect that has it. */
  header(name: string): string | undefined;
  /** Call `tick` on every arrival and `stop` at the end: the body is aborted when nothing arrives. */
  readonly deadline: Deadline;
}

/** A client of one hub. */
export class HubClient {
  constructor(readonly settings: HubSettings, readonly signal: AbortSignal) {}

  /**
   * Sends one request, without retries. Follows redirects itself: the token is sent to the endpoint's own
   * origin only.
   * @param metadataOnly return a redirect to another host instead of following it
   * @throws PassingFailure; EnvironmentError for invalid redirects
   */
  async request(
    url: string,
    { method = "GET", headers = {}, metadataOnly = false }: {
      method?: "GET" | "HEAD";
      headers?: Record<string, string>;
      metadataOnly?: boolean;
    } = {},
  ): Promise<Answer> {
    const { endpoint, token, timeoutMs } = this.settings;
    const home = new URL(endpoint).origin;
    const deadline = new Deadline(timeoutMs, this.signal);
    const passed: Headers[] = [];
    let at = new URL(url);
    try {
      for (let i = 0; i <= MAX_REDIRECTS; i++) {
        const sent = new Headers({ "accept-encoding": "identity", ...headers });
        if (token && at.origin === home) sent.set("authorization", `Bearer ${token}`);
        const response = await fetch(at, {
          method,
          headers: sent,
          redirect: "manual",
          signal: deadline.signal,
        });
        deadline.tick();
        passed.push(response.headers);
        const target = redirection(response, at);
        if (target === undefined || metadataOnly && target.origin !== home) {
          return { response, deadline, header: (name) => headerOf(passed, name) };
        }
        await response.body?.cancel();
        if (at.protocol === "https:" && target.protocol !== "https:") {
          throw new EnvironmentError(
            `${at.host}: redirects from https to ${target.protocol}//${target.host}`,
          );
        }
        at = target;
      }
      throw new EnvironmentError(
        `${at.host}: more than ${MAX_REDIRECTS} redirects for ${new URL(url).pathname}`,
      );
    } catch (error) {
      deadline.stop();
      throw this.failure(error, at.host, passed.length === 0 ? MAX_CONNECTS : MAX_ATTEMPTS);
    }
  }

  /** Converts an error of fetch or read: the caller's own abort is kept, everything else is transient. */
  failure(error: unknown, host: string, attempts: number = MAX_ATTEMPTS): unknown {
    if (this.signal.aborted) return this.signal.reason;
    if ([LlamaError, PassingFailure, ContentChanged].some((type) => error instanceof type)) return error;
    return new PassingFailure(`${host}: ${reason(error)}`, attempts);
  }

  /**
   * Repeats an action while its failures are transient, with growing delays.
   * @param what name of the action, for the message
   * @param progress a number that grows with progress; progress resets the count of failures
   */
  async retry<T>(what: string, action: () => Promise<T>, progress: () => number = () => 0): Promise<T> {
    let best = progress();
    for (let failures = 1;; failures++) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        if (progress() > best) [best, failures] = [progress(), 1];
        if (failures >= error.attempts) {
          const message = error.message.startsWith(what) ? error.message : `${what}: ${error.message}`;
          throw new EnvironmentError(`${message} (${failures} attempts)`);
        }
        await this.#wait(error.waitMs ?? this.settings.retryMs * 2 ** (failures - 1));
      }
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    this.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = clock.after(Math.min(milliseconds, LONGEST_WAIT_MS), resolve);
    const abort = () => reject(this.signal.reason);
    this.signal.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      stop();
      this.signal.removeEventListener("abort", abort);
    }
  }
}

/** Aborts a request when nothing arrives for too long. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  #stop: () => void;

  constructor(timeoutMs: number, readonly outer: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.#stop = clock.after(timeoutMs, this.#expire);
    if (outer.aborted) this.#follow();
    else outer.addEventListener("abort", this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Call when data arrives. */
  tick(): void {
    this.#stop();
    this.#stop = clock.after(this.#timeoutMs, this.#expire);
  }

  /** Stops the timer. */
  stop(): void {
    this.#stop();
    this.outer.removeEventListener("abort", this.#follow);
  }

  readonly #follow = () => this.#controller.abort(this.outer.reason);
  readonly #expire = () =>
    this.#controller.abort(new Error(`nothing arrived for ${(this.#timeoutMs / 1000).toFixed(0)} s`));
}

function redirection(response: Response, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  const target = location === null ? undefined : URL.parse(location, from);
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new EnvironmentError(`${from.host}: a redirect (${response.status}) without an address`);
  }
  return target;
}

function headerOf(passed: readonly Headers[], name: string): string | undefined {
  const last = passed.at(-1)?.get(name);
  return last ?? passed.map((headers) => headers.get(name)).find((value) => value !== null) ?? undefined;
}

/** The innermost cause, without the address, whose query may contain a signature. */
function reason(error: unknown): string {
  const text = error instanceof Error
    ? String((error.cause as Error | undefined)?.message ?? error.message)
    : String(error);
  const inner = text.match(/^error sending request for url .*?\): (.*)$/s)?.[1] ?? text;
  return inner.replace(/^client error \(\w+\): /, "").replaceAll(/https?:\/\/\S+/g, "…").replaceAll(
    /\s+/g,
    " ",
  );
}
