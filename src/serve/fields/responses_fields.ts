import type { BodyField, FieldTable } from "./body_field.ts";
import { GENERATION_FIELDS } from "./generation_fields.ts";
import { CHAT_FIELDS, COMMON_FIELDS } from "./openai_fields.ts";

const ignored = (help: string): BodyField => ({ kind: "any", use: "ignored", help });

/** Fields of `/v1/responses`. */
export const RESPONSES_TABLE: FieldTable = {
  ...GENERATION_FIELDS,
  ...COMMON_FIELDS,
  num_return_sequences: {
    ...GENERATION_FIELDS.num_return_sequences,
    use: "refused",
    harmless: [1],
    help: "one answer a request",
  },
  input: {
    kind: "any",
    use: "used",
    isRequired: true,
    help: "text, or a list of messages, calls and their outputs",
  },
  instructions: { kind: "text", use: "used", help: "the system message" },
  max_output_tokens: {
    kind: "integer",
    min: 1,
    use: "used",
    option: "maxNewTokens",
    help: "stop after this many new tokens",
  },
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
  truncation: {
    kind: "any",
    use: "refused",
    help: "nothing is cut; a conversation that is too long is an error",
    harmless: ["disabled"],
  },
  previous_response_id: {
    kind: "any",
    use: "refused",
    help: "nothing is stored; send the whole conversation",
  },
  conversation: { kind: "any", use: "refused", help: "nothing is stored; send the whole conversation" },
  prompt: { kind: "any", use: "refused", help: "nothing is stored; send the prompt in input" },
  background: { kind: "any", use: "refused", help: "nothing is stored", harmless: [false] },
  stream_options: { kind: "object", use: "ignored", help: "a stream always ends with the usage" },
  reasoning: ignored("the model has no such setting"),
  parallel_tool_calls: CHAT_FIELDS.parallel_tool_calls,
  max_tool_calls: ignored("no tool is called here"),
};
