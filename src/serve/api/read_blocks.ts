import { isJsonObject, type JsonObject, kindOf } from "../../base/json.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { badRequest } from "../http/http_error.ts";

/** The messages of Anthropic's API as chat templates know them. @throws HttpError 400 that names the field */
export function readBlocks(list: readonly unknown[], system: unknown): ChatMessage[] {
  if (list.length === 0) {
    throw badRequest("messages: expected at least one message, got an empty list", "messages");
  }
  const first = system === undefined ? [] : [{ role: "system", content: textOf(system, "system") }];
  return [...first, ...list.flatMap((message, i) => readMessage(message, `messages[${i}]`))];
}

function readMessage(message: unknown, where: string): ChatMessage[] {
  if (!isJsonObject(message)) throw badRequest(`${where}: expected an object, got ${kindOf(message)}`, where);
  const { role, content } = message;
  if (role !== "user" && role !== "assistant") {
    throw badRequest(`${where}.role: expected "user" or "assistant", got ${kindOf(role)}`, `${where}.role`);
  }
  if (typeof content === "string") return [{ role, content }];
  const blocks = blocksOf(content, `${where}.content`);
  const texts: string[] = [];
  const calls: JsonObject[] = [];
  const results: ChatMessage[] = [];
  blocks.forEach((block, i) => {
    const here = `${where}.content[${i}]`;
    if (block.type === "text") texts.push(stringOf(block, "text", here));
    else if (block.type === "tool_use" && role === "assistant") calls.push(readCall(block, here));
    else if (block.type === "tool_result" && role === "user") {
      const result = block.content === undefined ? "" : textOf(block.content, `${here}.content`);
      results.push({ role: "tool", tool_call_id: stringOf(block, "tool_use_id", here), content: result });
    } // A model's thoughts are not sent back to it.
    else if (block.type !== "thinking" && block.type !== "redacted_thinking") {
      throw badRequest(
        `${here}.type: ${kindOf(block.type)} is not supported for the role ${role}`,
        `${here}.type`,
      );
    }
  });
  const hasMessage = texts.length > 0 || calls.length > 0 || results.length === 0;
  const own = { role, content: texts.join(""), ...(calls.length > 0 && { tool_calls: calls }) };
  // Outputs of tools answer the message before; the user's words follow them.
  return [...results, ...hasMessage ? [own] : []];
}

function readCall(block: JsonObject, where: string): JsonObject {
  if (!isJsonObject(block.input)) {
    throw badRequest(`${where}.input: expected an object, got ${kindOf(block.input)}`, `${where}.input`);
  }
  return {
    id: stringOf(block, "id", where),
    type: "function",
    function: { name: stringOf(block, "name", where), arguments: block.input },
  };
}

/** Text, or the joined texts of blocks. */
function textOf(content: unknown, where: string): string {
  if (typeof content === "string") return content;
  return blocksOf(content, where).map((block, i) => {
    const here = `${where}[${i}]`;
    if (block.type === "text") return stringOf(block, "text", here);
    throw badRequest(`${here}.type: expected "text", got ${kindOf(block.type)}`, `${here}.type`);
  }).join("");
}

function blocksOf(content: unknown, where: string): JsonObject[] {
  if (!Array.isArray(content)) {
    throw badRequest(`${where}: expected text or a list of blocks, got ${kindOf(content)}`, where);
  }
  if (content.length === 0) {
    throw badRequest(`${where}: expected at least one block, got an empty list`, where);
  }
  content.forEach((block, i) => {
    const here = `${where}[${i}]`;
    if (!isJsonObject(block)) throw badRequest(`${here}: expected an object, got ${kindOf(block)}`, here);
  });
  return content;
}

function stringOf(block: JsonObject, field: string, where: string): string {
  const value = block[field];
  if (typeof value === "string") return value;
  throw badRequest(`${where}.${field}: expected text, got ${kindOf(value)}`, `${where}.${field}`);
}

/** Anthropic's tools in the shape of chat completions; a tool of Anthropic's own stays and is refused there. */
export function functionTools(tools: readonly unknown[] | undefined): unknown[] | undefined {
  return tools?.map((tool) => {
    if (!isJsonObject(tool) || (tool.type ?? "custom") !== "custom") return tool;
    const { name, description, input_schema: parameters } = tool;
    return {
      type: "function",
      function: { name, ...(description !== undefined && { description }), parameters },
    };
  });
}

/** Anthropic's choice of tools as OpenAI's. */
export function toolChoice(choice: unknown): unknown {
  if (!isJsonObject(choice)) return choice;
  if (choice.type === "any") return "required";
  if (choice.type === "tool") return { type: "function", function: { name: choice.name ?? null } };
  return choice.type === "auto" || choice.type === "none" ? choice.type : choice;
}
