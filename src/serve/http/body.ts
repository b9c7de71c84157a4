import { joined } from "../../base/bytes.ts";
import { clock } from "../../base/clock.ts";
import { DataError } from "../../base/errors.ts";
import { isJsonObject, type JsonObject, kindOf, parseJson } from "../../base/json.ts";
import { badRequest, HttpError } from "./http_error.ts";

/** Bounds of a request's body. */
export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds within which all of it must have arrived. */
  readonly ms: number;
}

/** Nesting of a JSON body: JSON schemas are deeper than other data. */
const MAX_DEPTH = 128;

/**
 * The JSON object in a request's body.
 * @throws HttpError 415 for another media type, 413 for too many bytes, 408 for a slow body, 400 for another value
 */
export async function readJson(request: Request, limits: BodyLimits): Promise<JsonObject> {
  requireJson(request.headers);
  const bytes = await readBytes(request, limits);
  if (bytes.length === 0) throw badRequest("expected a JSON object as the body, got nothing", null);
  let value;
  try {
    value = parseJson(bytes, "body", { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw badRequest(error.message, null, "invalid_json");
  }
  if (isJsonObject(value)) return value;
  throw badRequest(`expected a JSON object as the body, got ${kindOf(value)}`, null);
}

/**
 * A page of another site may post forms and plain text without asking first, but not JSON.
 * @throws HttpError 415
 */
function requireJson(headers: Headers): void {
  const type = headers.get("content-type") ?? "";
  const [media, ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  const isJson = media === "application/json" || /^application\/[\w.-]+\+json$/.test(media);
  const isUtf8 = parameters.every((part) =>
    !part.startsWith("charset=") || /^charset="?utf-?8"?$/.test(part)
  );
  const encoding = headers.get("content-encoding") ?? "identity";
  if (isJson && isUtf8 && encoding === "identity") return;
  const got = !isJson ? type || "no content-type" : !isUtf8 ? type : `content-encoding ${encoding}`;
  throw new HttpError(
    415,
    `expected content-type application/json in UTF-8, not compressed, got ${got.slice(0, 100)}`,
    null,
    "unsupported_media_type",
  );
}

async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  const tooLarge = () =>
    new HttpError(
      413,
      `expected a body of at most ${limits.bytes} bytes, got more`,
      null,
      "request_too_large",
    );
  if (Number(request.headers.get("content-length") ?? 0) > limits.bytes) throw tooLarge();
  if (!request.body) return new Uint8Array(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isLate = false;
  const stop = clock.after(limits.ms, () => {
    isLate = true;
    reader.cancel().catch(() => {});
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) break;
      if (done) return joined(chunks);
      length += value.length;
      if (length > limits.bytes) {
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (!isLate) throw badRequest("the body ended early", null);
  } finally {
    stop();
  }
  throw new HttpError(
    408,
    `expected the whole body within ${limits.ms / 1000} seconds, got ${length} bytes`,
    null,
    "request_timeout",
    { "x-should-retry": "false", connection: "close" },
  );
}
