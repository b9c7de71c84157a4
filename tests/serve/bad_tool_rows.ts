/** Bad requests about tools, calls, their results and formats, in all APIs. */
import type { BadRow } from "./bad_request_rows.ts";

const CHAT = "/v1/chat/completions";
const HI = { role: "user", content: "Hi" };
const FUNCTION = { type: "function", function: { name: "f" } };
const chat = (more: object) => ({ messages: [HI], ...more });
const calls = (tool_calls: unknown) => ({ messages: [HI, { role: "assistant", tool_calls }] });
const blocks = (role: string, content: unknown, more: object = {}) => ({
  ...{ max_tokens: 5, messages: [{ role, content }] },
  ...more,
});

export const BAD_TOOL_ROWS: readonly BadRow[] = ([
  [CHAT, chat({ tools: [5] }), "tools[0]"],
  [CHAT, chat({ tools: [FUNCTION], tool_choice: 5 }), "tool_choice"],
  [CHAT, chat({ tools: [FUNCTION], tool_choice: { type: "function" } }), "tool_choice"],
  [CHAT, chat({ tools: [FUNCTION], tool_choice: { type: "custom", custom: { name: "f" } } }), "tool_choice"],
  [CHAT, calls({}), "messages[1].tool_calls"],
  [CHAT, calls([{ function: { name: 5, arguments: "{}" } }]), "messages[1].tool_calls[0].function"],
  [
    CHAT,
    calls([{ function: { name: "f", arguments: 5 } }]),
    "messages[1].tool_calls[0].function.arguments",
  ],
  ["/v1/responses", { input: [5] }, "input[0]"],
  ["/v1/responses", { input: "a", text: { format: 5 } }, "text.format"],
  ["/v1/responses", { input: "a", tools: [{ type: "function" }] }, "tools[0].function.name"],
  ["/v1/messages", { max_tokens: 5, messages: [5] }, "messages[0]"],
  ["/v1/messages", blocks("user", []), "messages[0].content"],
  ["/v1/messages", blocks("user", [5]), "messages[0].content[0]"],
  ["/v1/messages", blocks("user", [{ type: "text", text: 5 }]), "messages[0].content[0].text"],
  ["/v1/messages", blocks("user", "a", { system: [{ type: "image" }] }), "system[0].type"],
  ["/v1/messages", blocks("user", "a", { tools: [{ name: "f g" }] }), "tools[0].function.name"],
  [
    "/v1/messages",
    blocks("user", "a", { tools: [{ name: "f" }], tool_choice: { type: "all" } }),
    "tool_choice",
  ],
  [
    "/v1/messages",
    blocks("assistant", [{ type: "tool_use", id: "a", name: "f", input: "{}" }]),
    "messages[0].content[0].input",
  ],
] as const).map(([path, body, param]) => ({
  what: `${path}: ${JSON.stringify(body).slice(0, 100)}`,
  path,
  body,
  param,
}));
