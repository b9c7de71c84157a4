import { type FieldTable, ignored, maxTokens, refused } from "./body_field.ts";

/** Fields that every generating endpoint knows beside the options of the table. */
export const COMMON_FIELDS: FieldTable = {
  model: { kind: "text", use: "used", help: "the model's id; an unknown one is 404" },
  stream: { kind: "flag", use: "used", help: "answer with server-sent events" },
  cache_salt: {
    kind: "text",
    use: "used",
    help: "cached prompts are shared only among requests of the same salt",
  },
  json_schema: { kind: "object", use: "used", help: "hold the answer to this JSON schema" },
  json_object: { kind: "flag", use: "used", help: "hold the answer to a JSON object" },
  regex: {
    kind: "text",
    use: "used",
    help: "hold the answer to this regular expression (ECMAScript), as a whole",
  },
  grammar: {
    kind: "text",
    use: "used",
    help:
      "hold the answer to this grammar, in a subset of llama.cpp's GBNF whose rule `root` is the whole text",
  },
  guided_json: refused("use json_schema"),
  guided_regex: refused("use regex"),
  guided_choice: refused("use json_schema with enum, or regex"),
  guided_grammar: refused("use grammar"),
  user: ignored("changes no token"),
  metadata: ignored("changes no token"),
  store: ignored("nothing is stored"),
  service_tier: ignored("changes no token"),
  safety_identifier: ignored("changes no token"),
  prompt_cache_key: ignored("prompts with the same beginning share their cache without it"),
  prompt_cache_retention: ignored("changes no token"),
};

/** Fields that OpenAI's completions and chat completions have in common. */
export const SAMPLING_FIELDS: FieldTable = {
  n: {
    kind: "integer",
    min: 1,
    max: 128,
    use: "used",
    option: "numReturnSequences",
    help: "number of answers",
  },
  min_tokens: {
    kind: "integer",
    min: 0,
    use: "used",
    option: "minNewTokens",
    help: "no end of sequence before this many new tokens",
  },
  frequency_penalty: {
    kind: "number",
    min: -2,
    max: 2,
    use: "used",
    help: "subtracted from a token's score for each time that it is in the answer",
  },
  presence_penalty: {
    kind: "number",
    min: -2,
    max: 2,
    use: "used",
    help: "subtracted from a token's score if it is in the answer",
  },
  logit_bias: { kind: "object", use: "used", help: "added to the scores of tokens: {id: -100 to 100}" },
  stream_options: {
    kind: "object",
    use: "used",
    help: "{include_usage}: a last chunk with the number of tokens; only with stream",
  },
  lora: refused("adapters are not loaded by requests", []),
};

/** Fields of `/v1/completions`. */
export const COMPLETION_FIELDS: FieldTable = {
  prompt: {
    kind: "any",
    use: "used",
    isRequired: true,
    help: "text, a list of texts, token ids, or a list of lists of them",
  },
  max_tokens: maxTokens(0),
  logprobs: {
    kind: "integer",
    min: 0,
    max: 20,
    use: "used",
    help: "each token's log-probability and this many alternatives",
  },
  echo: { kind: "flag", use: "used", help: "the prompt before the answer, with its log-probabilities" },
  best_of: {
    kind: "integer",
    min: 1,
    max: 128,
    use: "used",
    help: "draw this many answers and return the n likeliest",
  },
  raw: { kind: "flag", use: "used", option: "raw", help: "add no special tokens (BOS) to the prompt" },
  parse_special: {
    kind: "flag",
    use: "used",
    option: "parseSpecial",
    help: "parse text such as </s> in the prompt as the special token",
  },
  suffix: refused("the answer goes after the prompt only", ""),
};

/** Fields of `/v1/chat/completions`. */
export const CHAT_FIELDS: FieldTable = {
  messages: { kind: "list", use: "used", isRequired: true, help: "the conversation" },
  max_tokens: maxTokens(1),
  max_completion_tokens: maxTokens(1),
  logprobs: { kind: "flag", use: "used", help: "each token's log-probability" },
  top_logprobs: {
    kind: "integer",
    min: 0,
    max: 20,
    use: "used",
    help: "with logprobs: this many alternatives of each token",
  },
  tools: { kind: "list", use: "used", help: "functions for the model's chat template" },
  tool_choice: { kind: "any", use: "used", help: '"none", "auto", "required", or one function by its name' },
  response_format: {
    kind: "object",
    use: "used",
    help: '{"type": "text" | "json_object" | "json_schema", "json_schema": {"schema"}}',
  },
  chat_template_kwargs: { kind: "object", use: "used", help: "variables for the chat template" },
  add_generation_prompt: {
    kind: "flag",
    use: "used",
    help: "end the prompt at the start of the answer (default)",
  },
  continue_final_message: { kind: "flag", use: "used", help: "go on with the last message" },
  parse_special: {
    kind: "flag",
    use: "used",
    option: "parseSpecial",
    help: "parse text such as </s> in messages as the special token",
  },
  parallel_tool_calls: { kind: "flag", use: "used", help: "false: at most one call an answer" },
  reasoning_effort: ignored("the model has no such setting"),
  verbosity: ignored("the model has no such setting"),
  prediction: ignored("it changes the time only"),
  modalities: refused("answers are text", ["text"]),
  audio: refused("answers are text"),
  functions: refused("use tools", []),
  function_call: refused("use tool_choice", "none", "auto"),
  web_search_options: refused("the server searches nothing"),
};
