import { DataError } from "../base/errors.ts";
import { renderJinja } from "../jinja/render.ts";

/** One message of a conversation; templates may read further fields. */
export interface ChatMessage {
  /** Who speaks: `system`, `user`, `assistant` or what the template knows. */
  role: string;
  /** What is said: text, or what the template takes. */
  content?: unknown;
  /** Further fields for the template. */
  [field: string]: unknown;
}

/**
 * Renders a chat template, a Jinja program, over variables.
 *
 * @throws DataError for a broken template, one that raises an exception, and one over its budget.
 */
export function renderTemplate(template: string, variables: Record<string, unknown>): string {
  return renderJinja(template, variables).text;
}

/** Picks the template: the only one, `default`, or `tool_use` where there are tools. @throws DataError if there is none. */
export function pickTemplate(
  templates: string | Record<string, string> | undefined,
  hasTools: boolean,
): string {
  if (typeof templates === "string") return templates;
  const picked = (hasTools ? templates?.tool_use : undefined) ?? templates?.default;
  if (picked === undefined) {
    throw new DataError("tokenizer_config.json: chat_template: expected a template, got none");
  }
  return picked;
}

const CONTINUE = "CONTINUE_HERE_\ufdef";

/** Messages whose last one ends in a mark, so that the rendered text can be cut there. */
export function markLastMessage(messages: readonly ChatMessage[]): ChatMessage[] {
  const last = messages[messages.length - 1];
  if (typeof last?.content !== "string") {
    throw new DataError("messages: expected a last message with text to continue, got none");
  }
  return [...messages.slice(0, -1), { ...last, content: last.content + CONTINUE }];
}

/** Cuts rendered text at the mark of {@link markLastMessage}. */
export function cutAtMark(text: string): string {
  const at = text.lastIndexOf(CONTINUE);
  if (at === -1) {
    throw new DataError("chat template: expected the last message in the rendered text, got none of it");
  }
  return text.slice(0, at);
}

/**
 * Breaks every special token's text inside strings with a mark, so that it is not found as a token; the mark is a
 * noncharacter that occurs nowhere in the values.
 */
export function breakSpecialText(value: unknown, tokens: readonly string[], mark: string): unknown {
  if (typeof value === "string") {
    return tokens.reduce((text, token) => text.replaceAll(token, token[0] + mark + token.slice(1)), value);
  }
  if (Array.isArray(value)) return value.map((item) => breakSpecialText(item, tokens, mark));
  if (typeof value !== "object" || value === null || value instanceof Number) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, breakSpecialText(item, tokens, mark)]),
  );
}

/** A noncharacter that the values do not contain. */
export function unusedMark(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) => typeof item === "bigint" ? "" : item) ?? "";
  for (let code = 0xfdd0; code < 0xfdef; code++) {
    if (!text.includes(String.fromCharCode(code))) return String.fromCharCode(code);
  }
  throw new DataError("messages: expected text, got every noncharacter there is");
}
