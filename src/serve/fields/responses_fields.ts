import { type FieldTable, ignored, maxTokens, refused } from "./body_field.ts";
import { GENERATION_FIELDS, ONE_ANSWER } from "./generation_fields.ts";
import { CHAT_FIELDS, COMMON_FIELDS } from "./openai_fields.ts";

/** Fields of `/v1/responses`. */
export const RESPONSES_TABLE: FieldTable = {
  ...GENERATION_FIELDS,
  ...COMMON_FIELDS,
  ...ONE_ANSWER,
  input: {
    kind: "any",
    use: "used",
    isRequired: true,
    help: "text, or a list of messages, calls and their outputs",
  },
  instructions: { kind: "text", use: "used", help: "the system message" },
  max_output_tokens: maxTokens(1),
  metadata: { kind: "object", use: "ignored", help: "changes no token" },
  top_logprobs: {
    kind: "integer",
    min: 0,
    max: 20,
    use: "used",
    help: "with include message.output_text.logprobs: this many alternatives of each token",
  },
  include: {
    kind: "list",
    use: "used",
    help: '["message.output_text.logprobs"]: log-probabilities; others are ignored',
  },
  text: {
    kind: "object",
    use: "used",
    help: '{"format": {"type": "text" | "json_object" | "json_schema", "schema"}}',
  },
  tools: { kind: "list", use: "used", help: "functions for the model's chat template" },
  tool_choice: CHAT_FIELDS.tool_choice,
  chat_template_kwargs: CHAT_FIELDS.chat_template_kwargs,
  truncation: refused("nothing is cut; a conversation that is too long is an error", "disabled"),
  previous_response_id: refused("nothing is stored; send the whole conversation"),
  conversation: refused("nothing is stored; send the whole conversation"),
  prompt: refused("nothing is stored; send the prompt in input"),
  background: refused("nothing is stored", false),
  stream_options: { kind: "object", use: "ignored", help: "a stream always ends with the usage" },
  reasoning: ignored("the model has no such setting"),
  parallel_tool_calls: CHAT_FIELDS.parallel_tool_calls,
  max_tool_calls: ignored("no tool is called here"),
};
