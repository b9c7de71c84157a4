import { clock } from "../base/clock.ts";
import { EnvironmentError, LlamaError } from "../base/errors.ts";
import type { HubSettings } from "./settings.ts";

/** Attempts in a row that may fail before a request is given up. */
const MAX_ATTEMPTS = 5;
/** Attempts where the host cannot even be reached: trying longer seldom helps. */
const MAX_CONNECTS = 3;
const MAX_REDIRECTS = 10;
const LONGEST_WAIT_MS = 30_000;

/** A failure that may pass: a connection cut or never made, a busy server. */
export class PassingFailure extends Error {
  override name = "PassingFailure";

  /**
   * @param attempts how many such failures in a row are too many
   * @param waitMs how long the server asks us to wait
   */
  constructor(message: string, readonly attempts: number = MAX_ATTEMPTS, readonly waitMs?: number) {
    super(message);
  }
}

/** The hub gives other content now than when it was asked for the file's name. */
export class ContentChanged extends Error {
  override name = "ContentChanged";
}

/** An answer after all redirects. */
export interface Answer {
  readonly response: Response;
  /** A header of the last answer, or of the first one on the way that has it. */
  header(name: string): string | undefined;
  /** Must be called when something arrives, and `stop` in the end: the answer's body dies when nothing does. */
  readonly deadline: Deadline;
}

/** Requests to one hub. */
export class HubClient {
  constructor(readonly settings: HubSettings, readonly signal: AbortSignal) {}

  /**
   * One request, without retries. Redirects are followed by hand: the token goes to the endpoint's own origin only.
   * @param metadataOnly a redirect to another host is an answer, not followed
   * @throws PassingFailure; EnvironmentError for redirects that lead nowhere
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

  /** What a failed fetch or read means: the caller's own abort stays what it is, all else may pass. */
  failure(error: unknown, host: string, attempts: number = MAX_ATTEMPTS): unknown {
    if (this.signal.aborted) return this.signal.reason;
    if ([LlamaError, PassingFailure, ContentChanged].some((type) => error instanceof type)) return error;
    return new PassingFailure(`${host}: ${reason(error)}`, attempts);
  }

  /**
   * Repeats an action while its failures may pass, waiting longer each time.
   * @param what it is about, for the message
   * @param progress a number that grows while there is progress; then the count starts again
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

/** Aborts a request on which nothing arrives for too long. */
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

  /** Something arrived. */
  tick(): void {
    this.#stop();
    this.#stop = clock.after(this.#timeoutMs, this.#expire);
  }

  /** Nothing is waited for any more. */
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

/** The innermost reason, without the address, whose query may hold a signature. */
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
