import type { JsonObject } from "../../base/json.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import { badRequest } from "../http/http_error.ts";
import type { Conversation } from "../work/prompt_ids.ts";
import type { Tools } from "../work/tool_plan.ts";
import { readMessages } from "./read_messages.ts";
import { readTools } from "./read_tools.ts";

/** Variables that the template gets from elsewhere. */
const OWN_VARIABLES: readonly string[] = ["messages", "tools", "documents", "add_generation_prompt"];

/**
 * The conversation of OpenAI's chat body.
 * @param tools those that the template shows; default: the body's
 * @throws HttpError 400 that names the field
 */
export function readConversation(
  { asked, values }: ReadBody,
  tools: Tools | undefined = readTools(values.tools as unknown[] | undefined, values.tool_choice),
): Conversation {
  const continueFinalMessage = values.continue_final_message as boolean | undefined;
  const addGenerationPrompt = values.add_generation_prompt as boolean | undefined;
  if (continueFinalMessage && addGenerationPrompt) {
    throw badRequest(
      "continue_final_message: expected add_generation_prompt false beside it",
      "continue_final_message",
    );
  }
  const variables = values.chat_template_kwargs as JsonObject | undefined;
  const taken = OWN_VARIABLES.find((name) => variables && Object.hasOwn(variables, name));
  if (taken !== undefined) {
    throw badRequest(`chat_template_kwargs.${taken}: expected it in the body itself`, "chat_template_kwargs");
  }
  return {
    messages: readMessages(values.messages as unknown[]),
    tools: tools?.shown,
    variables,
    addGenerationPrompt,
    continueFinalMessage,
    parseSpecial: asked.parseSpecial,
  };
}
