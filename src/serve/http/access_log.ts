/** One answered request; nothing of its text, and no key. */
export interface Access {
  readonly time: Date;
  readonly id: string;
  readonly method: string;
  /** Of the route, else as requested. */
  readonly path: string;
  /** True if there is a route of that path. */
  readonly isKnown: boolean;
  readonly status: number;
  readonly ms: number;
  /** Tokens of the prompt and of the answer, once known. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** True if the client went away before the end. */
  readonly aborted: boolean;
}

/** The line of a request in the log. */
export function accessLine(access: Access, form: "text" | "json"): string {
  const { time, id, method, path, status, ms, promptTokens, completionTokens, aborted } = access;
  if (form === "json") {
    return JSON.stringify({
      time: time.toISOString(),
      request_id: id,
      method,
      path,
      status,
      ms: Math.round(ms),
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      aborted,
    });
  }
  const tokens = promptTokens === undefined ? "" : ` ${promptTokens}+${completionTokens ?? 0} tokens`;
  return `${time.toISOString()} ${id} ${method} ${path} ${status} ${ms.toFixed(0)} ms${tokens}${
    aborted ? " aborted" : ""
  }`;
}
