/** Keys, signals, the queue, clients that go away: how a real server runs. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { shell } from "../support/contract.ts";
import { type Json, Server } from "../support/server.ts";

const TEXT = "/v1/completions";
/** An answer of a second or more. */
const LONG = { prompt: "Once", max_tokens: 1000, ignore_eos: true, seed: 1 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the slots are as wanted. */
async function slotsBecome(server: Server, wanted: (states: Json[]) => boolean, ms = 5000): Promise<number> {
  const start = performance.now();
  for (;;) {
    const slots = await server.json("/slots");
    if (wanted(slots)) return performance.now() - start;
    if (performance.now() - start > ms) throw new Error(JSON.stringify(slots));
    await pause(5);
  }
}

const isIdle = (slots: Json[]) => slots.every(({ state }) => state === "idle");
const isBusy = (slots: Json[]) =>
  slots.some(({ state, generated_tokens }) => state === "decoding" && generated_tokens > 0);

Deno.test("serve: wrong usage is 2, an address in use 4", async () => {
  const rows: [line: string, code: number, words: string][] = [
    ["llama serve --host 0.0.0.0", 2, "--api-key"],
    ["llama serve --host :: --port 0", 2, "--api-key"],
    ["llama serve --port 65536", 2, "--port"],
    ["llama serve --parallel 0", 2, "--parallel"],
    ["llama serve --cache dynamic", 2, "--cache"],
    ["llama serve --api-key ''", 2, "--api-key"],
    ["llama serve --api-key 'a b'", 2, "--api-key"],
    ["llama serve --max-length 5000", 2, "--max-length"],
    ["llama serve hello", 2, "no argument"],
    ["llama serve --grace -1", 2, "--grace"],
    ["llama serve --host a..b --api-key k", 4, "a..b"],
    ["llama serve -m ./nowhere --port 0", 4, "nowhere"],
    ["llama serve --host 192.0.2.1 --port 0 --api-key k", 4, "192.0.2.1"],
  ];
  const found = await Promise.all(rows.map(([line]) => shell(line)));
  rows.forEach(([line, code, words], i) => {
    assertEquals([found[i].code, found[i].out], [code, ""], `${line}: ${found[i].err}`);
    assertStringIncludes(found[i].err, words);
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, err } = await shell(`llama serve --port ${listener.addr.port}`);
  listener.close();
  assertEquals(code, 4, err);
  assertMatch(err, /^llama: cannot listen on 127\.0\.0\.1:\d+: another program uses it\n$/);
});

Deno.test("serve: keys, from flags and the environment; a log in JSON", async () => {
  const server = await Server.start([
    "--api-key",
    "one",
    "--api-key",
    "two",
    "--log",
    "json",
    "--alias",
    "mine",
    "--no-page",
  ], {
    LLAMA_API_KEY: "three",
  });
  const status = async (headers: HeadersInit, path = "/v1/models") => {
    const response = await server.fetch(path, { headers });
    const text = await response.text();
    if (response.status === 401) assertEquals(JSON.parse(text).error.code, "invalid_api_key");
    return response.status;
  };
  for (const key of ["one", "two", "three"]) {
    assertEquals(await status({ authorization: `Bearer ${key}` }), 200);
    assertEquals(await status({ "x-api-key": key }), 200);
  }
  const wrong = [{}, { authorization: "Bearer on" }, { authorization: "Bearer onee" }, {
    authorization: "Bearer ",
  }];
  const others = [{ authorization: "Basic one" }, { authorization: "one" }, { "x-api-key": "" }, {
    "x-api-key": "One",
  }];
  for (const headers of [...wrong, ...others] as HeadersInit[]) assertEquals(await status(headers), 401);
  for (const path of [TEXT, "/metrics", "/slots", "/tokenize"]) {
    const response = await server.fetch(
      path,
      path === "/tokenize" || path === TEXT ? { method: "POST", body: "{}" } : {},
    );
    await response.body?.cancel();
    assertEquals(response.status, 401, path);
  }
  assertEquals([await status({}, "/health"), await status({}, "/")], [200, 404]);
  const { data } = await (await server.fetch("/v1/models", { headers: { "x-api-key": "one" } })).json();
  assertEquals(data[0].id, "mine");
  await server.end();
  const lines = server.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  assert(
    lines.length > 15 && lines.every(({ request_id, status }) => /^req_/.test(request_id) && status >= 200),
  );
  assert(!/one|two|three/.test(lines.map((line) => JSON.stringify(line)).join("")));
});

Deno.test("serve: a client that goes away frees its slot, at every stage; neighbours notice nothing", async () => {
  const server = await Server.start(["--parallel", "2", "--queue", "8", "-v"]);
  const neighbour = { prompt: "The sea", max_tokens: 150, ignore_eos: true, seed: 9 };
  const wanted = (await server.json(TEXT, neighbour)).choices[0].text;
  for (const stream of [false, true]) {
    for (const stage of ["at once", "decoding", "queued"]) {
      const near = server.json(TEXT, neighbour);
      const gone = new AbortController();
      const others = stage === "queued" ? [server.json(TEXT, { ...LONG, max_tokens: 200 })] : [];
      if (stage === "queued") {
        await slotsBecome(server, (slots) => slots.every(({ state }) => state !== "idle"));
      }
      const leaving = server.post(TEXT, { ...LONG, stream }, { signal: gone.signal })
        .then((response) => response.text()).catch(() => "gone");
      if (stage === "decoding") {
        await slotsBecome(
          server,
          (slots) => slots.filter(({ generated_tokens }) => generated_tokens > 0).length === 2,
        );
      }
      if (stage === "queued") await pause(30);
      gone.abort();
      assertEquals(await leaving, "gone");
      if (stage === "decoding") {
        const took = await slotsBecome(server, (slots) => slots.some(({ state }) => state === "idle"));
        assert(took < 1000, `${took} ms`);
      }
      assertEquals((await near).choices[0].text, wanted, `${stage} ${stream}`);
      await Promise.all(others);
      await slotsBecome(server, isIdle);
    }
  }
  // A thousand tokens take longer than this test left them: what was cancelled was not made.
  await server.end();
  assert(server.stderr.split("\n").filter((line) => line.endsWith(" aborted")).length >= 4, server.stderr);
});

Deno.test("serve: a full queue is 429; a waiting stream is kept alive", async () => {
  const server = await Server.start(["--parallel", "1", "--queue", "1"]);
  const first = server.json(TEXT, { ...LONG, max_tokens: 600 });
  await slotsBecome(server, isBusy);
  const second = server.post(TEXT, { ...LONG, max_tokens: 5, stream: true });
  await pause(50);
  const third = await server.post(TEXT, LONG);
  const { error } = await third.json();
  assertEquals([third.status, error.type, error.code], [429, "rate_limit_error", "queue_full"]);
  assertMatch(third.headers.get("retry-after")!, /^\d+$/);
  const many = await server.post(TEXT, { ...LONG, n: 3 });
  assertEquals([many.status, (await many.json()).error.param], [400, "n"]);
  const text = await (await second).text();
  assertMatch(text, /data: \[DONE\]\n\n$/);
  await first;
  await server.end();
});

Deno.test("serve: a request takes as long as it may", async () => {
  const server = await Server.start(["--request-timeout", "0.2"]);
  const late = await server.post(TEXT, LONG);
  assertEquals([late.status, (await late.json()).error.code], [408, "request_timeout"]);
  assertEquals(late.headers.get("x-should-retry"), "false");
  const stream = await (await server.post(TEXT, { ...LONG, stream: true })).text();
  assertMatch(stream, /data: \{"error":\{[^\n]*"code":"request_timeout"\}\}\n\n$/);
  await slotsBecome(server, isIdle);
  await server.end();
});

Deno.test("serve: SIGTERM lets running requests end, refuses new ones, and is 0; a second ends at once", async () => {
  const server = await Server.start();
  const running = server.json(TEXT, { ...LONG, max_tokens: 250 });
  await slotsBecome(server, isBusy);
  server.child.kill("SIGTERM");
  await pause(50);
  const health = await server.fetch("/health");
  assertEquals([health.status, await health.json()], [503, { status: "shutting down" }]);
  const refused = await server.post(TEXT, LONG);
  assertEquals([refused.status, (await refused.json()).error.code], [503, "shutting_down"]);
  assertMatch(refused.headers.get("retry-after")!, /^\d+$/);
  assertEquals((await running).usage.completion_tokens, 250);
  assertEquals((await server.child.status).code, 0);
  for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
    const other = await Server.start();
    const cut = other.post(TEXT, { ...LONG, n: 4 }).then((response) => response.text()).catch(() => "cut");
    await slotsBecome(other, isBusy);
    other.child.kill("SIGTERM");
    await pause(50);
    assertEquals(await other.stop(signal), code);
    await cut;
  }
});

Deno.test("serve: --grace cuts what takes longer, with an error", async () => {
  const server = await Server.start(["--grace", "0.1"]);
  const whole = server.post(TEXT, { ...LONG, n: 4 });
  const stream = server.post(TEXT, { ...LONG, n: 4, stream: true });
  await slotsBecome(server, isBusy);
  const stopped = server.stop("SIGINT");
  const answer = await whole;
  assertEquals([answer.status, (await answer.json()).error.code], [503, "shutting_down"]);
  assertMatch(await (await stream).text(), /data: \{"error":\{[^\n]*"code":"shutting_down"\}\}\n\n$/);
  assertEquals(await stopped, 0);
});
