import { createHash } from "node:crypto";
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { LlamaError } from "../../src/base/errors.ts";
import type { HubSettings } from "../../src/hub/settings.ts";

/** A hub for tests, on this machine only; the program does not use it. */

/** The commit of the fake hub's only branch. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A request that the hub or its storage host received. */
export interface Seen {
  readonly host: "hub" | "storage";
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly authorization: string | null;
}

/** Intercepts a request; `undefined` lets the hub answer it correctly. */
export type Lie = (seen: Seen, request: Request) => Response | undefined | Promise<Response | undefined>;

/**
 * Simulates a hub with one model, `owner/name`. Files with names that end in .safetensors are stored by
 * git-lfs: the hub redirects to another host for them.
 */
export class FakeHub implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly files = new Map<string, Uint8Array>();
  lie: Lie = () => undefined;
  readonly #hub: Deno.HttpServer<Deno.NetAddr>;
  readonly #storage: Deno.HttpServer<Deno.NetAddr>;

  constructor(files: Record<string, string | Uint8Array>) {
    for (const [name, content] of Object.entries(files)) {
      this.files.set(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
    }
    const quiet = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#hub = Deno.serve(quiet, (request) => this.#answer("hub", request));
    this.#storage = Deno.serve(quiet, (request) => this.#answer("storage", request));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  /** Settings of a client with short delays. */
  settings(more: Partial<HubSettings> = {}): HubSettings {
    return { endpoint: this.endpoint, offline: false, timeoutMs: 5000, retryMs: 1, ...more };
  }

  /** Requests to the hub and its storage for this file's content. */
  downloads(name: string): Seen[] {
    return this.seen.filter(({ method, path }) => method === "GET" && path.endsWith(`/${name}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#hub.shutdown(), this.#storage.shutdown()]);
  }

  async #answer(host: "hub" | "storage", request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [range, ifRange, authorization] = ["range", "if-range", "authorization"].map((name) =>
      request.headers.get(name)
    );
    const seen = { host, method: request.method, path: pathname, range, ifRange, authorization };
    this.seen.push(seen);
    const lie = await this.lie(seen, request);
    if (lie) return lie;
    if (host === "storage") return this.serve(pathname.slice(1), request, { etag: '"a-name-of-its-own"' });
    if (pathname === "/api/models/owner/name/revision/main") {
      const siblings = [...this.files.keys()].map((rfilename) => ({ rfilename }));
      return Response.json({ id: "owner/name", sha: COMMIT, siblings });
    }
    const name = pathname.match(`^/owner/name/resolve/${COMMIT}/(.+)$`)?.[1];
    const content = name === undefined ? undefined : this.files.get(name);
    if (name === undefined || content === undefined) {
      return new Response("no", {
        status: 404,
        headers: { "x-error-code": name ? "EntryNotFound" : "RepoNotFound" },
      });
    }
    const headers = { "x-repo-commit": COMMIT };
    if (!isLarge(name)) return this.serve(name, request, { ...headers, etag: `"${etagOf(name, content)}"` });
    return new Response(null, {
      status: 302,
      headers: {
        ...headers,
        location: `http://127.0.0.1:${this.#storage.addr.port}/${name}?signature=secret`,
        "x-linked-etag": `"${etagOf(name, content)}"`,
        "x-linked-size": String(content.length),
      },
    });
  }

  /** A file's content, or the requested range. */
  serve(name: string, request: Request, headers: Record<string, string>): Response {
    const content = this.files.get(name)!;
    const from = request.headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1];
    const condition = request.headers.get("if-range");
    if (from === undefined || condition !== null && condition !== headers.etag) {
      return new Response(content as BodyInit, { headers });
    }
    return new Response(content.slice(Number(from)), {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${from}-${content.length - 1}/${content.length}` },
    });
  }
}

/** sha256 for files in git-lfs, else git's sha1 of the content. */
export function etagOf(name: string, content: Uint8Array): string {
  if (isLarge(name)) return createHash("sha256").update(content).digest("hex");
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function isLarge(name: string): boolean {
  return name.endsWith(".safetensors");
}

/** A response that announces all bytes but ends early. */
export function cutAfter(content: Uint8Array, bytes: number, headers: Record<string, string> = {}): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) return controller.enqueue(content.slice(0, bytes)), void (sent = true);
      // Without a pause the first bytes would be lost with the connection.
      await new Promise((resolve) => setTimeout(resolve, 30));
      controller.close();
    },
  });
  return new Response(body, { headers: { ...headers, "content-length": String(content.length) } });
}

/** Pseudorandom bytes. */
export function someBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 2654435761 + seed * 40503) >>> 13 & 255);
}

/** Runs a test with its own cache folder. */
export async function withCache(test: (cache: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("HF_HUB_CACHE");
  Deno.env.set("HF_HUB_CACHE", folder);
  try {
    await test(folder);
  } finally {
    before === undefined ? Deno.env.delete("HF_HUB_CACHE") : Deno.env.set("HF_HUB_CACHE", before);
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Paths of all files and links under the model's folder in a cache, sorted; a link's target follows ` → `.
 */
export function contents(cache: string, folder = join(cache, "models--owner--name")): string[] {
  const walk = (path: string): string[] =>
    [...Deno.readDirSync(join(folder, path))].flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory) return walk(inner);
      return entry.isSymlink ? [`${inner} → ${Deno.readLinkSync(join(folder, inner))}`] : [inner];
    });
  return walk("").sort();
}

/** The one-line message and exit code of a failure. */
export async function failure(action: Promise<unknown>): Promise<{ message: string; exitCode: number }> {
  try {
    await action;
  } catch (error) {
    if (!(error instanceof LlamaError)) throw error;
    assertEquals(error.message.includes("\n"), false);
    return error;
  }
  throw new Error("expected a failure");
}
