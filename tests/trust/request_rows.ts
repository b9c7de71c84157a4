import { assertEquals, assertStringIncludes } from "@std/assert";
import { BAD_ROWS } from "../serve/bad_request_rows.ts";
import { post } from "../support/served.ts";

/** The bad requests of tests/serve that an endpoint refuses, without a network and a device. */
export const REQUEST_CASES = BAD_ROWS.filter(({ method = "POST", status = 400, headers = {} }) =>
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
