import { isJsonObject, type JsonObject, kindOf } from "../../base/json.ts";
import { badRequest } from "../http/http_error.ts";
import { argumentsSchema, type Tools } from "../work/tool_plan.ts";

/**
 * The tools of a request; undefined if there are none, or if none may be called.
 * @param choice "none", "auto", "required", or `{"type": "function", "function": {"name"}}`
 * @throws HttpError 400 for tools or a choice that are malformed
 */
export function readTools(
  tools: readonly unknown[] | undefined,
  choice: unknown,
  isParallel: unknown = true,
): Tools | undefined {
  if (tools?.length === 0) throw badRequest("tools: expected at least one tool, got an empty list", "tools");
  const read = tools?.map((tool, i) => readTool(tool, `tools[${i}]`));
  if (choice !== undefined && !read && choice !== "none") {
    throw badRequest("tool_choice: expected tools beside it, got none", "tool_choice");
  }
  const name = readChoice(choice);
  if (!read || choice === "none") return undefined;
  const all = read.map(({ name, schema, param }) => ({ name, schema, param }));
  const callable = name === undefined ? all : all.filter((tool) => tool.name === name);
  if (callable.length === 0) {
    throw badRequest(
      `tool_choice: expected the name of one of the tools, got ${kindOf(name)}`,
      "tool_choice",
    );
  }
  return {
    shown: read.map(({ tool }) => tool),
    callable,
    isForced: choice === "required" || name !== undefined,
    isParallel: isParallel !== false,
  };
}

/** The name in a choice of one tool. @throws HttpError 400 for a malformed choice */
function readChoice(choice: unknown): string | undefined {
  if (choice === undefined || choice === "none" || choice === "auto" || choice === "required") {
    return undefined;
  }
  const name = isJsonObject(choice) && choice.type === "function" && isJsonObject(choice.function)
    ? choice.function.name
    : undefined;
  if (typeof name === "string") return name;
  throw badRequest(
    'tool_choice: expected "none", "auto", "required" or a function by its name, got ' + kindOf(choice),
    "tool_choice",
  );
}

function readTool(tool: unknown, where: string) {
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
  const param = `${where}.function.parameters`;
  const parameters = called.parameters ?? null;
  const isSchema = parameters === null || (isJsonObject(parameters) && isObjectSchema(parameters));
  if (!isSchema) {
    throw badRequest(`${param}: expected a JSON schema of an object, got ${kindOf(parameters)}`, param);
  }
  return { tool, name: called.name, schema: argumentsSchema(parameters as JsonObject | null), param };
}

/** True unless another type is named. */
function isObjectSchema({ type }: JsonObject): boolean {
  return type === undefined || type === "object";
}
