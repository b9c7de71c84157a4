import { HttpError } from "./http_error.ts";

/** Names of this machine's loopback interface. */
const LOOPBACK = /^(?:localhost|(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i;

/** True for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Who may talk to the server from a browser. */
export interface Neighbours {
  /** The address that the server listens on. */
  readonly host: string;
  /** Origins of web pages that may use the server; "*" allows all. */
  readonly cors: readonly string[];
}

/**
 * Refuses requests that a foreign web page makes: by a name that resolves to this machine (DNS rebinding), or from
 * another origin.
 * @throws HttpError 403
 */
export function requireFriend(request: Request, neighbours: Neighbours): void {
  const host = hostOf(request);
  if (isLoopback(neighbours.host) && !isLoopback(nameOf(host)) && nameOf(host) !== neighbours.host) {
    throw new HttpError(
      403,
      `the Host header names ${shown(host)}, and this server answers to localhost only`,
      null,
      "forbidden_host",
    );
  }
  const origin = request.headers.get("origin");
  if (origin === null || isSame(origin, host) || isAllowed(origin, neighbours)) return;
  throw new HttpError(
    403,
    `web pages of ${shown(origin)} may not use this server; \`llama serve --cors ORIGIN\` allows one`,
    null,
    "forbidden_origin",
  );
}

/** Headers that let a page of an allowed origin read the answer. */
export function corsHeaders(request: Request, neighbours: Neighbours): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null || !isAllowed(origin, neighbours)) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "x-request-id, retry-after",
    vary: "origin",
  };
}

/** Headers that answer a browser's question before a request of a page of an allowed origin. */
export function preflightHeaders(request: Request, methods: string): Record<string, string> {
  return {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": request.headers.get("access-control-request-headers") ??
      "authorization, content-type",
    "access-control-max-age": "600",
  };
}

/** True for a browser's question before a request to another origin. */
export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}

function isAllowed(origin: string, { cors }: Neighbours): boolean {
  return cors.includes("*") || cors.includes(origin.toLowerCase());
}

/** True for the server's own pages. */
function isSame(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host}`.toLowerCase();
}

function hostOf(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}

/** `localhost:8080` → `localhost`, `[::1]:80` → `[::1]`. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, "").replace(/\.$/, "");
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
