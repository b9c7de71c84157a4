import type { HttpError } from "../http/http_error.ts";

/** The body of an error answer. */
export function errorBody(error: HttpError): unknown {
  return { error };
}
