import { isJsonObject, type JsonObject, kindOf } from "../../base/json.ts";
import { badRequest } from "../http/http_error.ts";
import type { ServedModel } from "../work/served_model.ts";

/**
 * The tools of a request for its chat template; undefined if there are none, or if none may be called.
 * @throws HttpError 400 for tools that are malformed, or that the template or the choice does not allow
 */
export function readTools(
  model: ServedModel,
  tools: readonly unknown[] | undefined,
  choice: unknown,
): JsonObject[] | undefined {
  if (tools?.length === 0) throw badRequest("tools: expected at least one tool, got an empty list", "tools");
  const read = tools?.map((tool, i) => readTool(tool, `tools[${i}]`));
  if (choice !== undefined && !read && choice !== "none") {
    throw badRequest("tool_choice: expected tools beside it, got none", "tool_choice");
  }
  if (choice !== undefined && choice !== "none" && choice !== "auto") {
    if (choice !== "required" && !isJsonObject(choice)) {
      throw badRequest(
        `tool_choice: expected "none", "auto", "required" or an object, got ${kindOf(choice)}`,
        "tool_choice",
      );
    }
    throw badRequest(
      "tool_choice: a call cannot be forced: answers are not held to a schema yet",
      "tool_choice",
      "unsupported_parameter",
    );
  }
  if (!read || choice === "none") return undefined;
  if (takesTools(model)) return read;
  throw badRequest("tools: the model's chat template takes no tools", "tools", "unsupported_parameter");
}

function readTool(tool: unknown, where: string): JsonObject {
  if (!isJsonObject(tool)) throw badRequest(`${where}: expected an object, got ${kindOf(tool)}`, where);
  if (tool.type !== "function") {
    throw badRequest(`${where}.type: expected "function", got ${kindOf(tool.type)}`, `${where}.type`);
  }
  const { function: called } = tool;
  if (!isJsonObject(called)) {
    throw badRequest(`${where}.function: expected an object, got ${kindOf(called)}`, `${where}.function`);
  }
  if (typeof called.name !== "string" || !/^[\w.-]{1,128}$/.test(called.name)) {
    const param = `${where}.function.name`;
    throw badRequest(
      `${param}: expected letters, digits, "_", "-" and ".", got ${kindOf(called.name)}`,
      param,
    );
  }
  if ((called.parameters ?? null) !== null && !isJsonObject(called.parameters)) {
    const param = `${where}.function.parameters`;
    throw badRequest(`${param}: expected a JSON schema, got ${kindOf(called.parameters)}`, param);
  }
  return tool;
}

function takesTools({ template, tokenizer: { chatTemplate } }: ServedModel): boolean {
  if (template !== undefined) return template.includes("tools");
  if (typeof chatTemplate === "string") return chatTemplate.includes("tools");
  return chatTemplate?.tool_use !== undefined || chatTemplate?.default?.includes("tools") === true;
}
