import { HttpError } from "./http_error.ts";

/** One request while it is answered. */
export interface Exchange {
  readonly request: Request;
  /** The request's id, in `x-request-id` and in the log. */
  readonly id: string;
  /** The rest of the path of a route that ends in `*`. */
  readonly rest: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Receives an error that no input should cause. */
  readonly onBug: (error: unknown) => void;
  /** Tokens for the log. */
  usage?: { readonly promptTokens: number; readonly completionTokens: number };
}

/** One endpoint. */
export interface Route {
  readonly method: "GET" | "POST";
  /** The path; a `*` at the end takes the rest of it. */
  readonly path: string;
  /** True if it is answered without a key. */
  readonly isOpen?: true;
  /** True if it is answered while the model is being loaded. */
  readonly isEarly?: true;
  readonly answer: (exchange: Exchange) => Promise<Response> | Response;
}

/** A table of routes. */
export class Routes {
  readonly #routes: readonly Route[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes;
  }

  /** The routes, as lines of text. */
  get list(): string[] {
    return this.#routes.map(({ method, path }) => `${method.padEnd(4)} ${path.replace("*", "{id}")}`);
  }

  /** Methods of a path, for the header Allow; empty for an unknown path. */
  methods(path: string): string {
    const methods = this.#at(path).map(({ route }) => route.method);
    if (methods.length === 0) return "";
    return [
      ...methods.includes("GET") ? ["GET", "HEAD"] : [],
      ...methods.filter((it) => it !== "GET"),
      "OPTIONS",
    ]
      .join(", ");
  }

  /** The route of a request. @throws HttpError 404 for an unknown path, 405 for another method */
  find(method: string, path: string): { route: Route; rest: string } {
    const known = this.#at(path);
    if (known.length === 0) {
      throw new HttpError(
        404,
        `there is no ${path.slice(0, 100)} here; GET / names the endpoints`,
        null,
        "unknown_url",
      );
    }
    const found = known.find(({ route }) => route.method === (method === "HEAD" ? "GET" : method));
    if (found) return found;
    const allow = this.methods(path);
    throw new HttpError(405, `expected the method ${allow}, got ${method}`, null, "method_not_allowed", {
      allow,
    });
  }

  #at(path: string): { route: Route; rest: string }[] {
    return this.#routes.flatMap((route) => {
      if (!route.path.endsWith("*")) return route.path === path ? [{ route, rest: "" }] : [];
      const start = route.path.slice(0, -1);
      const isHere = path.startsWith(start) && path.length > start.length;
      return isHere ? [{ route, rest: path.slice(start.length) }] : [];
    });
  }
}
