import { isJsonObject, type JsonObject, writable } from "../../base/json.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";

/**
 * A conversation for a template that knows no tools: they are described in the system message, calls are text of the
 * assistant, and their results are the user's.
 */
export function plainMessages(
  messages: readonly ChatMessage[],
  tools: readonly unknown[] | undefined,
): ChatMessage[] {
  const plain = messages.map(plainMessage);
  if (!tools) return plain;
  const [first] = plain;
  if (first?.role !== "system") return [{ role: "system", content: describe(tools) }, ...plain];
  return [{ ...first, content: `${first.content}\n\n${describe(tools)}` }, ...plain.slice(1)];
}

function describe(tools: readonly unknown[]): string {
  const functions = tools.map((tool) => JSON.stringify(writable(isJsonObject(tool) ? tool.function : tool)));
  return [
    "You may call these functions:",
    ...functions,
    'To call one, answer with a JSON object only: {"name": NAME, "arguments": {…}}',
  ].join("\n");
}

function plainMessage({ tool_calls: calls, ...message }: ChatMessage): ChatMessage {
  if (message.role === "tool") return { role: "user", content: `Result of the call: ${message.content}` };
  if (!Array.isArray(calls)) return message;
  const written = calls.map(({ function: { name, arguments: given } }: { function: JsonObject }) =>
    `{"name": ${JSON.stringify(name)}, "arguments": ${JSON.stringify(writable(given))}}`
  );
  return { ...message, content: [message.content, ...written].filter((text) => text !== "").join("\n") };
}
