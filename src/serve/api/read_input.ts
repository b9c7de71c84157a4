import { isJsonObject, type JsonObject, kindOf } from "../../base/json.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { badRequest } from "../http/http_error.ts";
import { readContent, readMessage } from "./read_messages.ts";

/** The input of `/v1/responses` as messages. @throws HttpError 400 that names the field */
export function readInput(input: unknown, instructions: string | undefined): ChatMessage[] {
  const system = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  if (typeof input === "string") return [...system, { role: "user", content: input }];
  if (!Array.isArray(input)) {
    throw badRequest(`input: expected text or a list, got ${kindOf(input)}`, "input");
  }
  if (input.length === 0) throw badRequest("input: expected at least one item, got an empty list", "input");
  return [...system, ...input.flatMap((item, i) => readItem(item, `input[${i}]`))];
}

function readItem(item: unknown, where: string): ChatMessage[] {
  if (!isJsonObject(item)) throw badRequest(`${where}: expected an object, got ${kindOf(item)}`, where);
  const { type = "message", role, content } = item;
  switch (type) {
    case "message":
      return [readMessage({ role, content }, where)];
    case "function_call": {
      const call = { id: textOf(item, "call_id", where), type: "function" };
      const called = { name: textOf(item, "name", where), arguments: textOf(item, "arguments", where) };
      return [readMessage({ role: "assistant", tool_calls: [{ ...call, function: called }] }, where)];
    }
    case "function_call_output":
      return [{
        role: "tool",
        tool_call_id: textOf(item, "call_id", where),
        content: readContent(item.output, `${where}.output`),
      }];
    // A model's thoughts are not sent back to it.
    case "reasoning":
      return [];
    default: {
      const param = `${where}.type`;
      throw badRequest(
        `${param}: expected "message", "function_call" or "function_call_output", got ${kindOf(type)}`,
        param,
      );
    }
  }
}

function textOf(item: JsonObject, field: string, where: string): string {
  const value = item[field];
  if (typeof value === "string") return value;
  throw badRequest(`${where}.${field}: expected text, got ${kindOf(value)}`, `${where}.${field}`);
}

/** A choice of one function of `/v1/responses` in the shape of chat completions; others stay. */
export function chatChoice(choice: unknown): unknown {
  if (!isJsonObject(choice) || choice.type !== "function") return choice;
  return { type: "function", function: { name: choice.name ?? null } };
}

/** Tools of `/v1/responses` in the shape of chat completions. */
export function chatTools(tools: readonly unknown[] | undefined): unknown[] | undefined {
  return tools?.map((tool) => {
    if (!isJsonObject(tool) || tool.type !== "function") return tool;
    const { type, ...called } = tool;
    return { type, function: called };
  });
}
