import { DataError } from "../base/errors.ts";

/** One message of a conversation; templates may read other fields. */
export interface ChatMessage {
  /** The speaker: `system`, `user`, `assistant` or another role of the template. */
  role: string;
  /** The content: text, or another value that the template supports. */
  content?: unknown;
  /** Other fields for the template. */
  [field: string]: unknown;
}

/** The template interpreter, once loaded: its ninety modules take 30 ms, and most calls render nothing. */
let jinja: typeof import("../jinja/render.ts") | undefined;

/** Loads the interpreter that {@linkcode renderTemplate} needs. */
export async function loadTemplateEngine(): Promise<void> {
  jinja ??= await import("../jinja/render.ts");
}

/**
 * Renders a chat template, a Jinja program, with variables; {@linkcode loadTemplateEngine} must have finished.
 *
 * @throws DataError for an invalid template, one that raises an exception, and one over its budget.
 */
export function renderTemplate(template: string, variables: Record<string, unknown>): string {
  if (jinja === undefined) throw new Error("renderTemplate: loadTemplateEngine comes first");
  return jinja.renderJinja(template, variables).text;
}

/**
 * Picks the template: the only one, `default`, or `tool_use` if there are tools. @throws DataError if there is none.
 */
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

/** Returns messages with a mark at the end of the last one, where the rendered text can be cut. */
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
 * Inserts a mark into the text of each special token inside strings, so that it is not parsed as a token; the mark is a
 * noncharacter that does not occur in the values.
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

/** Returns a noncharacter that the values do not contain. */
export function unusedMark(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) => typeof item === "bigint" ? "" : item) ?? "";
  for (let code = 0xfdd0; code < 0xfdef; code++) {
    if (!text.includes(String.fromCharCode(code))) return String.fromCharCode(code);
  }
  throw new DataError("messages: expected text, got every noncharacter there is");
}
