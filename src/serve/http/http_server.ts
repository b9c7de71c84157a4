import { clock, now, since } from "../../base/clock.ts";
import { EnvironmentError } from "../../base/errors.ts";
import type { Access } from "./access_log.ts";
import { corsHeaders, isPreflight, type Neighbours, preflightHeaders, requireFriend } from "./guards.ts";
import { type HttpError, httpErrorOf, unavailable } from "./http_error.ts";
import type { RequireKey } from "./keys.ts";
import type { Exchange, Route, Routes } from "./routes.ts";

/** Milliseconds that idle connections get to close. */
const CLOSE_MS = 500;

/** Status in the log of a request whose client went away, as proxies write it. */
const GONE = 499;

/** Settings of the server; it knows no model. */
export interface HttpOptions extends Neighbours {
  readonly port: number;
  readonly routes: Routes;
  readonly requireKey: RequireKey;
  /** True while the model is being loaded. */
  readonly isLoading: () => boolean;
  /** Receives each request once it is over. */
  readonly onAccess: (access: Access) => void;
  /** Receives an error that no input should cause. */
  readonly onBug: (error: unknown) => void;
  /** The body of an error answer, if the path's API has a shape of its own. */
  readonly errorBody: (error: HttpError, path: string, id: string) => unknown;
}

/** Answers HTTP requests: checks who asks, finds the route, gives every answer its headers. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Begins to listen. @throws EnvironmentError if the address cannot be used */
  constructor(options: HttpOptions) {
    this.#options = options;
    const { host, port } = options;
    try {
      this.#server = Deno.serve({
        hostname: host.replace(/^\[(.*)\]$/, "$1"),
        port,
        onListen: () => {},
        onError: (error) => this.#failed(error),
      }, (request, info) => this.#answer(request, info));
    } catch (error) {
      const reason = error instanceof Deno.errors.AddrInUse
        ? "another program uses it"
        : error instanceof Error
        ? error.message
        : String(error);
      throw new EnvironmentError(`cannot listen on ${host}:${port}: ${reason}`);
    }
  }

  /** The address as a URL. */
  get url(): string {
    const { hostname, port } = this.#server.addr;
    return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  }

  /** Stops listening; idle connections close. */
  async close(): Promise<void> {
    let stop = () => {};
    const late = new Promise<void>((resolve) => stop = clock.after(CLOSE_MS, resolve));
    await Promise.race([this.#server.shutdown(), late]).catch(() => {});
    stop();
  }

  async #answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const start = now();
    const time = clock.date();
    const id = `req_${crypto.randomUUID().replaceAll("-", "")}`;
    const { pathname } = new URL(request.url);
    const { onBug } = this.#options;
    const exchange: Exchange & { rest: string } = { request, id, rest: "", signal: request.signal, onBug };
    const headers = new Headers({ "x-request-id": id, "x-content-type-options": "nosniff" });
    let route: Route | undefined;
    let response: Response;
    try {
      requireFriend(request, this.#options);
      for (const [name, value] of Object.entries(corsHeaders(request, this.#options))) {
        headers.set(name, value);
      }
      if (request.method === "OPTIONS") response = this.#allowed(request, pathname);
      else {
        const found = this.#options.routes.find(request.method, pathname);
        route = found.route;
        exchange.rest = found.rest;
        if (!route.isOpen) await this.#options.requireKey(request.headers);
        if (!route.isEarly && this.#options.isLoading()) {
          throw unavailable("the model is being loaded", "loading_model");
        }
        response = await route.answer(exchange);
      }
    } catch (error) {
      // Nobody reads the answer to a client that has gone.
      response = request.signal.aborted
        ? new Response(null, { status: GONE })
        : this.#refusal(error, pathname, id);
    }
    for (const [name, value] of headers) response.headers.set(name, value);
    const status = response.status;
    const report = (aborted: boolean) =>
      this.#options.onAccess({
        ...{ time, id, method: request.method, status, ms: since(start), aborted },
        path: route?.path ?? pathname.slice(0, 100),
        isKnown: route !== undefined,
        ...exchange.usage,
      });
    info.completed.then(() => report(request.signal.aborted), () => report(true));
    return response;
  }

  #allowed(request: Request, path: string): Response {
    const allow = this.#options.routes.methods(path);
    if (allow === "") this.#options.routes.find(request.method, path);
    const headers = isPreflight(request) ? preflightHeaders(request, allow) : {};
    return new Response(null, { status: 204, headers: { allow, ...headers } });
  }

  #refusal(caught: unknown, path: string, id: string): Response {
    const error = httpErrorOf(caught);
    if (error.status === 500) this.#options.onBug(caught);
    return jsonResponse(this.#options.errorBody(error, path, id), error.status, error.headers);
  }

  /** Answers for a handler that threw, which is a bug. */
  #failed(error: unknown): Response {
    this.#options.onBug(error);
    return jsonResponse({ error: httpErrorOf(undefined) }, 500);
  }
}

/** An answer in JSON. */
export function jsonResponse(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}
