import { type FieldTable, ignored, maxTokens, refused } from "./body_field.ts";
import { GENERATION_FIELDS, ONE_ANSWER } from "./generation_fields.ts";
import { CHAT_FIELDS, COMMON_FIELDS } from "./openai_fields.ts";

/** Fields of `/v1/messages/count_tokens`. */
export const COUNT_TABLE: FieldTable = {
  model: COMMON_FIELDS.model,
  messages: CHAT_FIELDS.messages,
  system: { kind: "any", use: "used", help: "the system message: text, or a list of texts" },
  tools: { kind: "list", use: "used", help: "functions for the model's chat template" },
  tool_choice: {
    kind: "object",
    use: "used",
    help: '{"type": "none" | "auto" | "any" | "tool", "name", "disable_parallel_tool_use"}',
  },
  chat_template_kwargs: CHAT_FIELDS.chat_template_kwargs,
  thinking: refused("the model has no such setting", { type: "disabled" }, { type: "adaptive" }),
  mcp_servers: refused("the server calls no tools", []),
  output_config: { kind: "object", use: "used", help: '{"format": {"type": "json_schema", "schema"}}' },
  output_format: { kind: "object", use: "used", help: "the older name of output_config.format" },
};

/** Fields of `/v1/messages`. */
export const MESSAGES_TABLE: FieldTable = {
  ...GENERATION_FIELDS,
  ...COMMON_FIELDS,
  ...COUNT_TABLE,
  ...ONE_ANSWER,
  max_tokens: { ...maxTokens(1), isRequired: true },
  stop_sequences: { ...GENERATION_FIELDS.stop, option: "stop", help: "end before one of these texts" },
  container: refused("the server calls no tools"),
  context_management: refused("nothing is cut; a conversation that is too long is an error"),
  inference_geo: ignored("changes no token"),
};
