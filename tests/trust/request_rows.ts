import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readJson } from "../../src/serve/http/body.ts";
import { HttpError } from "../../src/serve/http/http_error.ts";
import { BAD_ROWS } from "../serve/bad_request_rows.ts";
import { post } from "../support/served.ts";

/** The bad requests of tests/serve that an endpoint refuses, without a network and a device. */
const FIELD_CASES = BAD_ROWS.filter(({ method = "POST", status = 400, headers = {} }) =>
  method === "POST" && status !== 405 && !("origin" in headers)
).map(({ what, path = "/v1/completions", body, headers, status = 400, param, code, words }) => ({
  what: `request: ${what}`,
  check: async () => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const error = await post(path, text, headers);
    if (typeof error === "number") throw new Error(`accepted: ${error}`);
    assertEquals(error.status, status, error.message);
    if (param !== undefined) assertEquals(error.param, param, error.message);
    if (code !== undefined) assertEquals(error.code, code);
    if (words !== undefined) assertStringIncludes(error.message, words);
  },
}));

/** A body in parts; a number waits that many milliseconds, an error ends it early. */
function bodyOf(...parts: (string | number | Error)[]): ReadableStream<Uint8Array> {
  return ReadableStream.from((async function* () {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      if (typeof part === "string") yield new TextEncoder().encode(part);
      else await new Promise((resolve) => setTimeout(resolve, part));
    }
  })());
}

/** Bodies over small limits: how they come matters, not what is in them. */
const BODY_CASES = ([
  ["a declared length over the limit", { "content-length": "51" }, ["{}"], 413],
  ["more bytes than the limit", {}, ['{"a": "', "x".repeat(50), '"}'], 413],
  ["a slow body", {}, ["{", 300, "}"], 408],
  ["a body that ends early", {}, ["{", new Error("reset")], 400],
] as const).map(([what, headers, parts, status]) => ({
  what: `request: ${what}`,
  check: async () => {
    const request = new Request("http://localhost/", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: bodyOf(...parts),
    });
    const error = await assertRejects(() => readJson(request, { bytes: 50, ms: 100 }), HttpError);
    assertEquals(error.status, status, error.message);
  },
}));

/** All of them. */
export const REQUEST_CASES = [...FIELD_CASES, ...BODY_CASES];
