import type { HttpError } from "../http/http_error.ts";

/** Anthropic's words for the types of errors. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  503: "overloaded_error",
};

/** The body of an error answer: OpenAI's, or Anthropic's under its paths. */
export function errorBody(error: HttpError, path: string, id: string): Record<string, unknown> {
  if (!path.startsWith("/v1/messages")) return { error };
  const type = TYPES[error.status] ?? "invalid_request_error";
  return { type: "error", error: { ...error.toJSON(), type }, request_id: id };
}
