import { HubClient } from "../../src/hub/client.ts";
import { pullModel, type PullOptions } from "../../src/hub/pull.ts";
import { hubSettings } from "../../src/hub/settings.ts";
import { COMMIT, cutAfter, FakeHub, type Lie, someBytes, withCache } from "../support/hub.ts";
import type { CallRow } from "./call_row.ts";

const FILES: Record<string, string | Uint8Array> = {
  "config.json": "{}",
  "model.safetensors": someBytes(500),
};
const LIST = "/api/models/owner/name/revision/main";

/** A hub with wrong answers, and the expected error of a pull from it. */
const hub = (
  what: string,
  lie: Lie | undefined,
  words: string[],
  more: { files?: typeof FILES; options?: PullOptions; offline?: boolean; code?: number } = {},
): CallRow => ({
  what: `hub: ${what}`,
  code: more.code ?? 4,
  words,
  call: async () => {
    await using server = new FakeHub(more.files ?? FILES);
    if (lie) server.lie = lie;
    const settings = server.settings({ offline: more.offline ?? false });
    await withCache(async () => {
      await pullModel("owner/name", { settings, ...more.options });
    });
  },
});

/** Answers the list of files with this text. */
const list = (what: string, text: string, ...words: string[]) =>
  hub(`list of files: ${what}`, ({ path }) => path === LIST ? new Response(text) : undefined, words);

/** Falsifies one file's content, or its HEAD response. */
const file = (
  what: string,
  name: string,
  method: "GET" | "HEAD",
  lie: (range: string | null, request: Request) => Response | undefined,
  ...words: string[]
) =>
  hub(
    `${name}: ${what}`,
    (seen, request) =>
      seen.method === method && seen.path.endsWith(`/${name}`) ? lie(seen.range, request) : undefined,
    words,
  );

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(null, { status: code, headers });
const WEIGHTS = FILES["model.safetensors"] as Uint8Array;

/** A request to a server with simulated answers, for cases that need https. */
const faked = (what: string, answer: Response, ...words: string[]): CallRow => ({
  what: `hub: ${what}`,
  code: 4,
  words,
  call: async () => {
    const before = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(answer.clone());
    try {
      const settings = { endpoint: "https://hub.example", offline: false, timeoutMs: 1000, retryMs: 1 };
      await new HubClient(settings, new AbortController().signal).request("https://hub.example/x");
    } finally {
      globalThis.fetch = before;
    }
  },
});

const env = (variables: Record<string, string>, ...words: string[]): CallRow => ({
  what: `hub: ${JSON.stringify(variables)}`,
  code: 4,
  words,
  call: () => hubSettings((name) => variables[name]),
});

/** Wrong answers of servers that must be refused. */
export const HUB_ROWS: readonly CallRow[] = [
  list("no JSON", "<html>", "list of files", "expected a JSON value"),
  list("null", "null", '"sha"'),
  list("no commit", JSON.stringify({ siblings: [] }), '"sha"'),
  list("a number as the commit", JSON.stringify({ sha: 5, siblings: [] }), '"sha"'),
  list("a commit that leads out", JSON.stringify({ sha: "../x", siblings: [] }), '"sha"'),
  list("no files", JSON.stringify({ sha: COMMIT }), '"siblings"'),
  list("a file without a name", JSON.stringify({ sha: COMMIT, siblings: [{}] }), '"siblings"'),
  list("endless", "[".repeat(2 ** 26 + 1), "longer than 67108864 bytes"),
  hub("no such model", ({ path }) => path === LIST ? status(404) : undefined, [
    "owner/name",
    "no such model",
    "404",
  ]),
  hub("cut while it lists", ({ path }) => path === LIST ? cutAfter(someBytes(500), 100) : undefined, [
    "attempts",
  ]),
  hub("busy for ever", () => status(503), ["answers 503", "5 attempts"]),
  hub("in circles", (_, { url }) => status(302, { location: url }), ["more than 10 redirects"]),
  hub("a redirect to nowhere", () => status(302), ["a redirect (302) without an address"]),
  hub("a redirect to a file", () => status(302, { location: "file:///x" }), [
    "a redirect (302) without an address",
  ]),
  faked(
    "from https to http",
    status(302, { location: "http://hub.example/y" }),
    "redirects from https to http:",
  ),
  hub("no config", undefined, ["config.json"], { files: { "a.safetensors": "" }, code: 3 }),
  hub("no weights", undefined, [".safetensors", "pytorch_model.bin"], {
    files: { "config.json": "{}", "pytorch_model.bin": "PK" },
    code: 3,
  }),
  hub("a revision that leads out", undefined, ["../x", "a branch"], {
    options: { revision: "../x" },
    code: 2,
  }),
  hub("offline", undefined, ["owner/name", "HF_HUB_OFFLINE"], { offline: true }),
  file("HEAD refused", "config.json", "HEAD", () => status(403), "config.json", "403"),
  file("no ETag", "config.json", "HEAD", () => status(200), "config.json", "no ETag"),
  hub(
    "no HEAD, and no ETag either",
    ({ method, path }) => path.endsWith("/config.json") ? status(method === "HEAD" ? 405 : 200) : undefined,
    ["config.json", "no ETag"],
  ),
  file("longer than announced", "config.json", "GET", () => new Response("{  }"), "longer than the 2 bytes"),
  file("shorter than announced", "config.json", "GET", () => new Response("{"), "cut off after 1 of 2 bytes"),
  file("always cut", "model.safetensors", "GET", () => cutAfter(WEIGHTS, 0), "cut off", "attempts"),
  file(
    "other bytes",
    "model.safetensors",
    "GET",
    () => new Response(someBytes(500, 2)),
    "expected the sha256",
  ),
  file("GET refused", "config.json", "GET", () => status(403), "config.json", "refuses access (403)"),
  file("no content", "config.json", "GET", () => status(204), "expected the status 200 or 206, got 204"),
  file(
    "another ETag at each look",
    "config.json",
    "GET",
    () => new Response("{}", { headers: { etag: '"other"' } }),
    "expected the ETag",
    "changes all the time",
  ),
  file(
    "no bytes from there on",
    "config.json",
    "GET",
    (range) => range ? status(416) : new Response("{"),
    "cut off",
    "attempts",
  ),
  file(
    "a range that was not asked for",
    "config.json",
    "GET",
    (range) =>
      range
        ? new Response("}", { status: 206, headers: { "content-range": "bytes 0-0/2" } })
        : new Response("{"),
    "cut off",
    "attempts",
  ),
  env({ HF_ENDPOINT: "hub.example" }, "HF_ENDPOINT", '"hub.example"'),
  env({ HF_TOKEN: "two words" }, "HF_TOKEN", "a token in one word"),
];
