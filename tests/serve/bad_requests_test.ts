/** Every bad request is a 4xx with its field, and the server answers after it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Server } from "../support/server.ts";
import { BAD_ROWS, type BadRow } from "./bad_request_rows.ts";

const server = await Server.start(["-v", "--queue", "16"]);
/** A word that no message and no log may have beside the answer's own text. */
const NOT_WORDS = /\bundefined\b|\[object /;

async function check(
  { what, path = "/v1/completions", method, body, headers, ...wanted }: BadRow,
): Promise<void> {
  const verb = method ?? "POST";
  const response = await server.fetch(path, {
    method: verb,
    headers: headers ?? (body === undefined ? {} : { "content-type": "application/json" }),
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  assertEquals(response.status, wanted.status ?? 400, `${what}: ${text}`);
  assertMatch(response.headers.get("x-request-id") ?? "", /^req_\w+$/);
  assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8", what);
  const { error, type, request_id } = JSON.parse(text);
  if (path.startsWith("/v1/messages")) {
    assertEquals([type, request_id], ["error", response.headers.get("x-request-id")], what);
    assertEquals(error.type, response.status === 404 ? "not_found_error" : "invalid_request_error");
  }
  assertEquals(Object.keys(error), ["message", "type", "param", "code"]);
  assert(
    error.message.length > 0 && error.message.length < 1000 && !/\n/.test(error.message),
    `${what}: ${text}`,
  );
  assert(!NOT_WORDS.test(error.message), `${what}: ${text}`);
  if (wanted.param !== undefined) assertEquals(error.param, wanted.param, `${what}: ${text}`);
  if (wanted.code !== undefined) assertEquals(error.code, wanted.code, what);
  if (wanted.words !== undefined) assertStringIncludes(error.message, wanted.words, what);
  if (response.status === 405) assert(response.headers.get("allow"), what);
}

Deno.test(`serve: ${BAD_ROWS.length} bad requests, each named`, async () => {
  assert(BAD_ROWS.length >= 120);
  const failures: string[] = [];
  for (const row of BAD_ROWS) {
    await check(row).catch((error) => failures.push(error.message));
    const health = await server.json("/health");
    assertEquals(health, { status: "ok" }, row.what);
  }
  assertEquals(failures, []);
});

const HEAD = "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";

Deno.test("serve: requests that no HTTP library sends", async () => {
  const rows: [what: string, request: string, answer: RegExp][] = [
    [
      "a foreign host",
      "GET /v1/models HTTP/1.1\r\nhost: evil.example:80\r\nconnection: close\r\n\r\n",
      /^HTTP\/1.1 403 .*forbidden_host/s,
    ],
    [
      "a host that begins like ours",
      "GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1.evil.example\r\nconnection: close\r\n\r\n",
      /^HTTP\/1.1 403/,
    ],
    [
      "localhost",
      "GET /health HTTP/1.1\r\nhost: localhost:1234\r\nconnection: close\r\n\r\n",
      /^HTTP\/1.1 200/,
    ],
    [
      "a declared length over the limit",
      `${HEAD}content-type: application/json\r\ncontent-length: 99999999\r\n\r\n`,
      /^HTTP\/1.1 413 .*request_too_large/s,
    ],
    [
      "a length that is none",
      `${HEAD}content-type: application/json\r\ncontent-length: x\r\n\r\n{}`,
      /^HTTP\/1.1 400/,
    ],
    [
      "two lengths",
      `${HEAD}content-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}`,
      /^HTTP\/1.1 400/,
    ],
    ["a header with a line break", `${HEAD}x: a\nb\r\n\r\n`, /^HTTP\/1.1 400/],
    ["no HTTP", "hello\r\n\r\n", /^HTTP\/1.1 400/],
    [
      "many headers",
      `GET /health HTTP/1.1\r\nhost: localhost\r\n${"x: y\r\n".repeat(2000)}\r\n`,
      /^HTTP\/1.1 4(?:00|31)/,
    ],
  ];
  for (const [what, request, answer] of rows) {
    assertMatch(await server.raw(request), answer, what);
    assertEquals((await server.fetch("/health").then((response) => response.json())).status, "ok", what);
  }
});

Deno.test("serve: a body is counted while it comes", async () => {
  const piece = new Uint8Array(1 << 20).fill(0x20);
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(piece),
  });
  const response = await server.fetch("/v1/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  }).catch(() => undefined);
  // The server may close the connection before it has read everything.
  if (response) {
    assertEquals(response.status, 413);
    await response.body?.cancel();
  }
  assertEquals(await server.json("/health"), { status: "ok" });
});

Deno.test("serve: a body that ends early is a 400, or nobody's", async () => {
  const text = await server.raw(`${HEAD}content-type: application/json\r\ncontent-length: 100\r\n\r\n{"pro`, {
    ends: true,
  });
  assert(text === "" || /^HTTP\/1.1 400/.test(text), text);
  assertEquals(await server.json("/health"), { status: "ok" });
});

Deno.test("serve: the log has a line for each request, and no text of anyone", async () => {
  const word = "Xylophonquastenflosser";
  await server.json("/v1/completions", { prompt: word, max_tokens: 2 });
  await (await server.post("/v1/completions", { prompt: [word, 5] })).body?.cancel();
  await (await server.post("/v1/completions", { prompt: word, [`${word}`]: word })).body?.cancel();
  await (await server.fetch(`/v1/models?key=${word}`)).body?.cancel();
  await (await server.fetch("/v1/models", { headers: { authorization: `Bearer ${word}` } })).body?.cancel();
  const lines = server.stderr.split("\n").filter((line) => /\breq_\w+ [A-Z]+ \//.test(line));
  assert(lines.length >= BAD_ROWS.length, `${lines.length} lines`);
  assertEquals(
    server.stderr.split("\n").filter((line) => line.includes(word)),
    [],
  );
  assertEquals(server.stderr.split("\n").filter((line) => /\?key=|Bearer/.test(line)), []);
});

Deno.test("serve: ends with 0, no bug met", async () => await server.end());
