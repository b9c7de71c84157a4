import { LlamaError, oneLine } from "../../base/errors.ts";
import {
  ContextLengthError,
  QueueFullError,
  ShuttingDownError,
  TimeLimitError,
} from "../../generate/engine/refusals.ts";
import { PromptTooLongError } from "../../generate/request/encode_prompt.ts";

/** Seconds after which a client may try again. */
const RETRY_SECONDS = "1";

/** A refusal or failure with its status, as OpenAI's API describes errors. */
export class HttpError extends Error {
  override name = "HttpError";

  /**
   * @param message one line
   * @param param the field of the request that is at fault
   * @param code a word for programs
   */
  constructor(
    readonly status: number,
    message: string,
    readonly param: string | null = null,
    readonly code: string | null = null,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(oneLine(message));
  }

  /** OpenAI's `type` of this error. */
  get type(): string {
    if (this.status >= 500) return "server_error";
    return TYPES[this.status] ?? "invalid_request_error";
  }

  /** OpenAI's error object. */
  toJSON(): Record<string, unknown> {
    const { message, type, param, code } = this;
    return { message, type, param, code };
  }
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};

/** A request with a field that cannot be used (400). */
export function badRequest(message: string, param: string | null, code: string | null = null): HttpError {
  return new HttpError(400, message, param, code);
}

/** The server cannot answer now (503). */
export function unavailable(message: string, code: string): HttpError {
  return new HttpError(503, message, null, code, { "retry-after": RETRY_SECONDS });
}

/**
 * The error that a client gets for anything that was thrown. Errors in data are the request's, as the model was
 * checked at the start; an unknown error shows nothing of its message, which may quote a prompt.
 * @param param the field that most errors of this request are about
 */
export function httpErrorOf(error: unknown, param: string | null = null): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof ContextLengthError) {
    return tooLong(`${error.promptTokens}`, error.maxLength, param);
  }
  if (error instanceof PromptTooLongError) return tooLong(error.tokens, error.limit, param);
  if (error instanceof QueueFullError) {
    return new HttpError(429, error.message, null, "queue_full", { "retry-after": RETRY_SECONDS });
  }
  if (error instanceof ShuttingDownError) return unavailable(error.message, "shutting_down");
  if (error instanceof TimeLimitError) {
    // A client that tried again would only wait as long again.
    return new HttpError(408, error.message, null, "request_timeout", { "x-should-retry": "false" });
  }
  if (error instanceof LlamaError && error.exitCode !== 4) return badRequest(error.message, param);
  if (error instanceof LlamaError) return unavailable("the device failed; the server ends", "device_failed");
  return new HttpError(500, "internal error", null, "internal_error");
}

/** OpenAI's words for a prompt that leaves no room for an answer; clients search for them. */
function tooLong(tokens: string, limit: number, param: string | null): HttpError {
  return badRequest(
    `This model's maximum context length is ${limit} tokens. However, the prompt has ${tokens} tokens, and the answer ` +
      "needs one at least.",
    param,
    "context_length_exceeded",
  );
}
