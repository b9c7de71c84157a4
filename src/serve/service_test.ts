import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { errorBody } from "./api/error_body.ts";
import { type BodyLimits, readJson } from "./http/body.ts";
import type { Access } from "./http/access_log.ts";
import { HttpError } from "./http/http_error.ts";
import { HttpServer } from "./http/http_server.ts";
import { keyCheck } from "./http/keys.ts";
import { type Route, Routes } from "./http/routes.ts";
import { Service } from "./service.ts";

/** A server without a model on a free port. */
async function withServer(
  routes: Routes,
  work: (url: string, log: { access: Access[]; bugs: unknown[] }) => Promise<void>,
  isLoading = false,
): Promise<void> {
  const log = { access: [] as Access[], bugs: [] as unknown[] };
  const server = new HttpServer({
    ...{ host: "127.0.0.1", port: 0, cors: [], routes, requireKey: await keyCheck([]), errorBody },
    isLoading: () => isLoading,
    onAccess: (access) => log.access.push(access),
    onBug: (error) => log.bugs.push(error),
  });
  try {
    await work(server.url, log);
  } finally {
    await server.close();
  }
}

Deno.test("Service: 503 while the model is being loaded, but health says why", async () => {
  const service = new Service({ hasPage: true, onUnknown: () => {} });
  await withServer(service.routes, async (url) => {
    const health = await fetch(`${url}/health`);
    assertEquals([health.status, await health.json()], [503, { status: "loading model" }]);
    for (const [path, method] of [["/v1/models", "GET"], ["/slots", "GET"], ["/v1/completions", "POST"]]) {
      const response = await fetch(url + path, { method });
      assertEquals([response.status, (await response.json()).error.code], [503, "loading_model"], path);
      assertMatch(response.headers.get("retry-after")!, /^\d+$/);
    }
    const unknown = await fetch(`${url}/other`);
    await unknown.body?.cancel();
    assertEquals(unknown.status, 404);
  }, true);
});

Deno.test("HttpServer: an error that nobody expected is a 500 that tells nothing, and is reported", async () => {
  const routes = new Routes([{
    ...{ method: "GET", path: "/" },
    answer: () => {
      throw new Error("the prompt was: secret");
    },
  }]);
  await withServer(routes, async (url, { bugs }) => {
    const response = await fetch(url);
    const { error } = await response.json();
    assertEquals([response.status, error.message, error.type], [500, "internal error", "server_error"]);
    assertMatch(response.headers.get("x-request-id")!, /^req_/);
    assertEquals(bugs.length, 1);
  });
});

Deno.test("readJson: a slow body is a 408, a large one a 413 without its length", async () => {
  const limits: BodyLimits = { bytes: 1000, ms: 150 };
  const route: Route = {
    ...{ method: "POST", path: "/" },
    answer: async ({ request }) => Response.json(await readJson(request, limits)),
  };
  await withServer(new Routes([route]), async (url, { access }) => {
    const post = async (body: ReadableStream<Uint8Array>) => {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      return [response.status, (await response.json()).error?.code];
    };
    const send = (...parts: (string | number)[]) =>
      ReadableStream.from((async function* () {
        for (const part of parts) {
          if (typeof part === "string") yield new TextEncoder().encode(part);
          else await new Promise((resolve) => setTimeout(resolve, part));
        }
      })());
    assertEquals(await post(send('{"a":', 20, "1}")), [200, undefined]);
    assertEquals(await post(send('{"a":', 400, "1}")), [408, "request_timeout"]);
    assertEquals(await post(send('{"a":"', "x".repeat(600), "x".repeat(600), '"}')), [
      413,
      "request_too_large",
    ]);
    assertEquals(access.map(({ status }) => status), [200, 408, 413]);
  });
});

Deno.test("keyCheck: any of the keys, in either header, and nothing else", async () => {
  const require = await keyCheck(["one", "two"]);
  for (const key of ["one", "two"]) {
    await require(new Headers({ authorization: `bearer ${key}` }));
    await require(new Headers({ "x-api-key": key }));
  }
  for (const header of [{}, { "x-api-key": "" }, { authorization: "Bearer onetwo" }]) {
    await assertRejects(() => require(new Headers(header as HeadersInit)), HttpError);
  }
});
