import { HttpError } from "./http_error.ts";

/** Refuses a request without one of the server's keys. @throws HttpError 401 */
export type RequireKey = (headers: Headers) => Promise<void>;

/**
 * Makes the check of keys, as `Authorization: Bearer KEY` or `x-api-key: KEY`. Its time depends on no key: digests
 * are compared, all of them, to the last byte. No keys: everybody is let in.
 */
export async function keyCheck(keys: readonly string[]): Promise<RequireKey> {
  if (keys.length === 0) return async () => {};
  const known = await Promise.all(keys.map(digest));
  return async (headers) => {
    const given = bearer(headers.get("authorization")) ?? headers.get("x-api-key");
    const got = await digest(given ?? "");
    let isKnown = false;
    for (const key of known) isKnown = isEqual(key, got) || isKnown;
    if (given !== null && isKnown) return;
    throw new HttpError(
      401,
      given === null
        ? "expected an API key in the header `Authorization: Bearer KEY` or `x-api-key: KEY`, got none"
        : "incorrect API key",
      null,
      "invalid_api_key",
      { "www-authenticate": "Bearer" },
    );
  };
}

function bearer(header: string | null): string | null {
  return /^bearer +(.*)$/i.exec(header ?? "")?.[1].trim() ?? null;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
