import { assertEquals, assertStringIncludes } from "@std/assert";
import { pullModel } from "./pull.ts";
import { failure, FakeHub, someBytes, withCache } from "../../tests/support/hub.ts";

const FILES = { "config.json": "{}", "model.safetensors": someBytes(1000) };
const TOKEN = "hf_secret";

Deno.test("the token goes to the hub's own origin only, through redirects too", async () => {
  await using hub = new FakeHub(FILES);
  hub.lie = ({ path }) =>
    // A renamed model: the hub redirects to itself.
    path.startsWith("/old/") || path === "/api/models/old/name/revision/main"
      ? new Response(null, { status: 307, headers: { location: path.replace("old/name", "owner/name") } })
      : undefined;
  for (const id of ["owner/name", "old/name"]) {
    hub.seen.length = 0;
    await withCache(async () => void await pullModel(id, { settings: hub.settings({ token: TOKEN }) }));
    const tokens = (host: string) =>
      new Set(hub.seen.filter((seen) => seen.host === host).map(({ authorization }) => authorization));
    assertEquals([tokens("hub"), tokens("storage")], [new Set([`Bearer ${TOKEN}`]), new Set([null])]);
  }
});

Deno.test("redirects in a circle, without an address or to another scheme end with 4", async () => {
  await using hub = new FakeHub(FILES);
  const rows: [string | undefined, string][] = [
    ["/api/models/owner/name/revision/main", "more than 10 redirects"],
    [undefined, "without an address"],
    ["file:///etc/passwd", "without an address"],
  ];
  for (const [location, words] of rows) {
    hub.lie = () => new Response(null, { status: 302, headers: location ? { location } : {} });
    const { message, exitCode } = await failure(pullModel("owner/name", { settings: hub.settings() }));
    assertEquals(exitCode, 4);
    assertStringIncludes(message, words);
  }
});

/** Status, X-Error-Code, words of the message without a token, words of the message with one. */
const REFUSALS: [number, string | undefined, string, string][] = [
  [401, "GatedRepo", "a gated model (401): accept its terms at http", "the token given may not read it"],
  [403, "GatedRepo", "set HF_TOKEN", "a gated model (403)"],
  [401, "RepoNotFound", "no such model on 127.0.0.1", "or a private one (401)"],
  [404, "RepoNotFound", "check the spelling, or set HF_TOKEN", "or the token: it may not read it"],
  [404, undefined, "no such model", "no such model"],
  [404, "RevisionNotFound", 'no revision "main"', 'no revision "main"'],
  [403, undefined, "refuses access (403)", "the token given may not read it"],
  [418, undefined, "answers 418", "answers 418"],
];
for (const [status, code, without, withToken] of REFUSALS) {
  Deno.test(`${status} ${code ?? ""} is reported in one line, without the token, after one attempt`, async () => {
    await using hub = new FakeHub(FILES);
    hub.lie = () => new Response("x", { status, headers: code ? { "x-error-code": code } : {} });
    for (const [token, words] of [[undefined, without], [TOKEN, withToken]] as const) {
      hub.seen.length = 0;
      const { message, exitCode } = await failure(
        pullModel("owner/name", { settings: hub.settings({ token }) }),
      );
      assertEquals([exitCode, hub.seen.length, message.includes(TOKEN)], [4, 1, false]);
      for (const part of [words, "owner/name"]) assertStringIncludes(message, part);
    }
  });
}

Deno.test("a refusal of one file names it", async () => {
  await using hub = new FakeHub(FILES);
  hub.lie = ({ path }) => path.includes("/resolve/") ? new Response("x", { status: 404 }) : undefined;
  await withCache(async () => {
    const { message } = await failure(pullModel("owner/name", { settings: hub.settings() }));
    assertStringIncludes(message, ".json: no such file in revision main");
  });
});

for (const status of [500, 503, 429]) {
  Deno.test(`${status} is tried again, but not for ever`, async () => {
    await using hub = new FakeHub(FILES);
    let left = 4;
    hub.lie = () =>
      left-- > 0 ? new Response("busy", { status, headers: { "retry-after": "0" } }) : undefined;
    await withCache(async () => void await pullModel("owner/name", { settings: hub.settings() }));
    left = Infinity;
    hub.seen.length = 0;
    const { message, exitCode } = await failure(pullModel("owner/name", { settings: hub.settings() }));
    assertEquals([exitCode, hub.seen.length], [4, 5]);
    for (const part of ["owner/name", `answers ${status}`, "5 attempts"]) assertStringIncludes(message, part);
  });
}

Deno.test("a hub that does not know HEAD is asked with GET", async () => {
  await using hub = new FakeHub(FILES);
  hub.lie = ({ method }) => method === "HEAD" ? new Response(null, { status: 405 }) : undefined;
  await withCache(async () => void await pullModel("owner/name", { settings: hub.settings() }));
});

Deno.test("nobody listens: three attempts, the host is named", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response());
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  await server.shutdown();
  const settings = { endpoint, offline: false, timeoutMs: 1000, retryMs: 1 };
  const { message, exitCode } = await failure(pullModel("owner/name", { settings }));
  assertEquals(exitCode, 4);
  for (const part of ["owner/name: ", endpoint.slice(7), "refused", "3 attempts"]) {
    assertStringIncludes(message, part);
  }
});
