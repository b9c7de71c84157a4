import { isJsonObject, type JsonObject, kindOf, parseJson } from "../../base/json.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { badRequest } from "../http/http_error.ts";

const ROLES: ReadonlySet<unknown> = new Set(["system", "developer", "user", "assistant", "tool"]);

/** Fields of a message that templates do not read. */
const DROPPED: ReadonlySet<string> = new Set(["refusal", "annotations", "audio", "function_call"]);

/** OpenAI's messages as chat templates know them. @throws HttpError 400 that names the field */
export function readMessages(list: readonly unknown[], param = "messages"): ChatMessage[] {
  if (list.length === 0) {
    throw badRequest(`${param}: expected at least one message, got an empty list`, param);
  }
  return list.map((message, i) => readMessage(message, `${param}[${i}]`));
}

/** One message. @param where its name in errors */
export function readMessage(message: unknown, where: string): ChatMessage {
  if (!isJsonObject(message)) throw badRequest(`${where}: expected an object, got ${kindOf(message)}`, where);
  const { role, content = null, tool_calls: calls = null } = message;
  if (!ROLES.has(role)) {
    const known = [...ROLES].join(", ");
    throw badRequest(`${where}.role: expected one of ${known}, got ${kindOf(role)}`, `${where}.role`);
  }
  for (const field of ["audio", "function_call"]) {
    if ((message[field] ?? null) !== null) {
      throw badRequest(`${where}.${field}: not supported`, `${where}.${field}`, "unsupported_parameter");
    }
  }
  const hasCalls = role === "assistant" && calls !== null;
  if (content === null && !hasCalls) {
    throw badRequest(`${where}.content: expected text, got nothing`, `${where}.content`);
  }
  const others = Object.entries(message).filter(([name, value]) => !DROPPED.has(name) && value !== null);
  return {
    ...Object.fromEntries(others),
    // OpenAI's newer name; templates know the old one.
    role: role === "developer" ? "system" : role as string,
    content: content === null ? "" : readContent(content, `${where}.content`),
    ...(hasCalls && { tool_calls: readCalls(calls, `${where}.tool_calls`) }),
  };
}

/** Types of parts that are text, in the APIs that name them. */
const TEXT_PARTS: ReadonlySet<unknown> = new Set(["text", "input_text", "output_text"]);

/** Text, or a list of texts. @throws HttpError 400, also for images and other parts */
export function readContent(content: unknown, where: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) {
    throw badRequest(`${where}: expected text or a list of parts, got ${kindOf(content)}`, where);
  }
  if (content.length === 0) {
    throw badRequest(`${where}: expected at least one part, got an empty list`, where);
  }
  return content.map((part, i) => {
    const here = `${where}[${i}]`;
    if (!isJsonObject(part)) throw badRequest(`${here}: expected an object, got ${kindOf(part)}`, here);
    if (part.type === "refusal" && typeof part.refusal === "string") return part.refusal;
    if (!TEXT_PARTS.has(part.type)) {
      throw badRequest(`${here}.type: expected "text", got ${kindOf(part.type)}`, `${here}.type`);
    }
    if (typeof part.text !== "string") {
      throw badRequest(`${here}.text: expected text, got ${kindOf(part.text)}`, `${here}.text`);
    }
    return part.text;
  }).join("");
}

/** Calls with their arguments as values, which templates print. */
function readCalls(calls: unknown, where: string): JsonObject[] {
  if (!Array.isArray(calls) || calls.length === 0) {
    throw badRequest(`${where}: expected a list of calls, got ${kindOf(calls)}`, where);
  }
  return calls.map((call, i) => {
    const here = `${where}[${i}].function`;
    const called = isJsonObject(call) ? call.function : undefined;
    if (!isJsonObject(called) || typeof called.name !== "string") {
      throw badRequest(`${here}: expected {"name", "arguments"}, got ${kindOf(called)}`, here);
    }
    return {
      ...call as JsonObject,
      function: { ...called, arguments: readArguments(called.arguments, here) },
    };
  });
}

function readArguments(given: unknown, where: string) {
  if (isJsonObject(given)) return given;
  if (typeof given === "string") {
    try {
      return given.trim() === "" ? {} : parseJson(given, "arguments");
    } catch {
      // A model wrote them; a template prints them as they are.
      return given;
    }
  }
  throw badRequest(`${where}.arguments: expected JSON in a text, got ${kindOf(given)}`, `${where}.arguments`);
}
