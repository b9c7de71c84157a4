/** Bad requests: each is answered with its status, and names the field that is at fault. */
import { BAD_TOOL_ROWS } from "./bad_tool_rows.ts";

/** A bad request. */
export interface BadRow {
  readonly what: string;
  readonly path?: string;
  readonly method?: string;
  /** A value, or text that is not JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly param?: string | null;
  readonly code?: string;
  readonly words?: string;
}

const TEXT = "/v1/completions";
const CHAT = "/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "Hi" }];
const JSON_TYPE = { "content-type": "application/json" };

/** Rows of fields with wrong values. */
function fields(
  path: string,
  good: object,
  rows: readonly (readonly [field: string, ...values: unknown[]])[],
) {
  return rows.flatMap(([field, ...values]) =>
    values.map((value): BadRow => ({
      what: `${path}: ${field} ${JSON.stringify(value)?.slice(0, 60)}`,
      path,
      body: { ...good, [field]: value },
      param: field,
    }))
  );
}

/** Rows of bodies, each with the field in error. */
function bodies(path: string, rows: readonly (readonly [body: unknown, param: string | null])[]): BadRow[] {
  return rows.map(([body, param]) => ({
    what: `${path}: ${JSON.stringify(body).slice(0, 100)}`,
    path,
    body,
    param,
  }));
}

const HUGE = "9".repeat(400);
const DEEP = "[".repeat(100_000);

const NOT_JSON: BadRow[] = [
  ["", "got nothing"],
  ["{", "body"],
  ["null", "expected a JSON object"],
  ["[]", "expected a JSON object"],
  ['"text"', "expected a JSON object"],
  ["1", "expected a JSON object"],
  ['{"prompt": "a",}', "body"],
  ['{"prompt": NaN}', "finite"],
  ['{"prompt": "a", "temperature": Infinity}', "finite"],
  ['{"prompt": "a", "temperature": 1e999}', "finite"],
  [`{"prompt": "a", "seed": ${HUGE}}`, "too long"],
  ['{"prompt": "a", "prompt": "b"}', "twice"],
  ["{'prompt': 'a'}", "quotes"],
  ['{"prompt": "\\ud800"}', "surrogate"],
  ['{"prompt": "a\u0000"}', "control character"],
  [DEEP, "nested"],
  [`{"prompt": ${DEEP}`, "nested"],
  ["\ufeff{}", "byte order mark"],
  ['{"prompt": "a"} {}', "the end"],
  ['{"prompt": "a", "seed": 18446744073709551616}', "64-bit integer"],
  ['{"prompt": "a", "seed": -9223372036854775809}', "64-bit integer"],
].map(([body, words]) => ({ what: `not JSON: ${body.slice(0, 40)}`, path: TEXT, body, words }));

const HTTP: BadRow[] = [
  { what: "an unknown path", path: "/v1/unknown", method: "GET", status: 404, code: "unknown_url" },
  { what: "a path in capitals", path: "/V1/models", method: "GET", status: 404 },
  { what: "a path with a slash behind", path: "/v1/models/", method: "GET", status: 404 },
  {
    what: "an unknown model",
    path: "/v1/models/other",
    method: "GET",
    status: 404,
    param: "model",
    code: "model_not_found",
  },
  { what: "a broken escape", path: "/v1/models/%ff", method: "GET", status: 404, param: "model" },
  { what: "GET of a POST", path: TEXT, method: "GET", status: 405, code: "method_not_allowed" },
  { what: "PUT", path: CHAT, method: "PUT", body: {}, status: 405 },
  { what: "DELETE", path: "/v1/models", method: "DELETE", status: 405 },
  { what: "PATCH", path: "/health", method: "PATCH", body: {}, status: 405 },
  { what: "POST of a GET", path: "/v1/models", body: {}, status: 405 },
  {
    what: "a form",
    body: "prompt=a",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
  },
  { what: "plain text", body: { prompt: "a" }, headers: { "content-type": "text/plain" }, status: 415 },
  {
    what: "another charset",
    body: { prompt: "a" },
    headers: { "content-type": "application/json; charset=latin1" },
    status: 415,
  },
  {
    what: "compressed",
    body: { prompt: "a" },
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    status: 415,
  },
  {
    what: "a foreign origin",
    body: { prompt: "a" },
    headers: { ...JSON_TYPE, origin: "https://evil.example" },
    status: 403,
    code: "forbidden_origin",
  },
  { what: "the null origin", body: { prompt: "a" }, headers: { ...JSON_TYPE, origin: "null" }, status: 403 },
  {
    what: "a foreign origin's GET",
    path: "/v1/models",
    method: "GET",
    headers: { origin: "http://evil.example" },
    status: 403,
  },
  {
    what: "a foreign origin on the same host",
    path: "/health",
    method: "GET",
    headers: { origin: "http://127.0.0.1:1" },
    status: 403,
  },
  {
    what: "a foreign preflight",
    path: TEXT,
    method: "OPTIONS",
    headers: { origin: "http://evil.example", "access-control-request-method": "POST" },
    status: 403,
  },
  {
    what: "an unknown model in a body",
    body: { prompt: "a", model: "gpt-4o" },
    status: 404,
    param: "model",
    code: "model_not_found",
  },
];

const GENERATION: readonly (readonly [string, ...unknown[]])[] = [
  ["temperature", -1, "1", true, [], {}],
  ["top_p", -0.1, 1.1, "x"],
  ["top_k", -1, 1.5, 2 ** 31, "50"],
  ["min_p", 2, -1],
  ["typical_p", 0, 1.5],
  ["repetition_penalty", 0, -1, "1"],
  ["seed", 1.5, "7", -(2 ** 70), true],
  ["n", 0, -1, 129, 1.5, "2"],
  ["stop", 1, [1], [""], "", {}, Array(65).fill("x")],
  ["stream", "yes", 1, []],
  ["logit_bias", [], "x", { x: 1 }, { "1": "2" }, { "99999": 1 }, { "1": 101 }, { "-1": 1 }],
  ["frequency_penalty", 3, -2.5, "0"],
  ["presence_penalty", 3, {}],
  ["min_tokens", -1, "1"],
  ["ignore_eos", "yes", 1],
  ["do_sample", "false"],
  ["bad_words_ids", [[]], [[99999]], [1], "x"],
  ["suppress_tokens", "x", [1.5]],
  ["sequence_bias", [[1]], [[[1], "x"]]],
  ["eos_token_id", "x", [1.5]],
  ["num_beams", 2, 4],
  ["max_length", 0, "x"],
  ["model", 5, {}],
  ["stream_options", "x", []],
  ["regex", "(", 5, "(?=a)"],
  ["json_schema", { type: "x" }, { not: {} }, "{}", []],
  ["json_object", "yes"],
  ["grammar", "root ::= x"],
  ["lora", ["x"]],
  ["cache_salt", 5],
];

/** Responses, messages and tokens. */
const OTHERS: BadRow[] = ([
  ["/v1/responses", {}, 400, "input"],
  ["/v1/responses", { input: [] }, 400, "input"],
  ["/v1/responses", { input: 5 }, 400, "input"],
  ["/v1/responses", { input: [{ type: "image" }] }, 400, "input[0].type"],
  [
    "/v1/responses",
    { input: [{ role: "user", content: [{ type: "input_image" }] }] },
    400,
    "input[0].content[0].type",
  ],
  ["/v1/responses", { input: [{ type: "function_call", name: "f" }] }, 400, "input[0].call_id"],
  ["/v1/responses", { input: "a", previous_response_id: "resp_1" }, 400, "previous_response_id"],
  ["/v1/responses", { input: "a", truncation: "auto" }, 400, "truncation"],
  ["/v1/responses", { input: "a", background: true }, 400, "background"],
  ["/v1/responses", { input: "a", max_output_tokens: 0 }, 400, "max_output_tokens"],
  ["/v1/responses", { input: "a", text: { format: { type: "json_schema" } } }, 400, "text.format.schema"],
  [
    "/v1/responses",
    { input: "a", text: { format: { type: "json_schema", schema: { type: 5 } } } },
    400,
    "text.format",
  ],
  ["/v1/responses", { input: "a", tools: [{ type: "web_search" }] }, 400, "tools[0].type"],
  ["/v1/responses", { input: "word ".repeat(2000) }, 400, "input"],
  ["/v1/responses", { input: "a", model: "gpt-4o" }, 404, "model"],
  ["/v1/messages", { messages: [{ role: "user", content: "a" }] }, 400, "max_tokens"],
  ["/v1/messages", { max_tokens: 5 }, 400, "messages"],
  ["/v1/messages", { max_tokens: 5, messages: [] }, 400, "messages"],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "system", content: "a" }] },
    400,
    "messages[0].role",
  ],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: [{ type: "image" }] }] },
    400,
    "messages[0].content[0].type",
  ],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: [{ type: "tool_use" }] }] },
    400,
    "messages[0].content[0].type",
  ],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: "a" }], thinking: { type: "enabled" } },
    400,
    "thinking",
  ],
  ["/v1/messages", { max_tokens: 5, messages: [{ role: "user", content: "a" }], system: 5 }, 400, "system"],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: "a" }], tool_choice: { type: "any" } },
    400,
    "tool_choice",
  ],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: "a" }], model: "claude" },
    404,
    "model",
  ],
  [
    "/v1/messages",
    { max_tokens: 5, messages: [{ role: "user", content: "a" }], output_format: { type: "json_schema" } },
    400,
    "output_format.schema",
  ],
  ["/v1/messages/count_tokens", {}, 400, "messages"],
  ["/tokenize", {}, 400, "content"],
  ["/tokenize", { content: 5 }, 400, "content"],
  ["/tokenize", { content: "a".repeat(2 ** 20 + 1) }, 400, "content"],
  ["/detokenize", { tokens: [99999] }, 400, "tokens[0]"],
  ["/detokenize", { tokens: "x" }, 400, "tokens"],
  ["/detokenize", { tokens: [1.5] }, 400, "tokens[0]"],
  ["/apply-template", {}, 400, "messages"],
  ["/v1/responses", { input: ["a"] }, 400, "input[0]"],
  ["/v1/responses", { input: "a", text: { format: 5 } }, 400, "text.format"],
  ...([
    [["a"], "messages[0]"],
    [
      [{ role: "assistant", content: [{ type: "tool_use", id: "a", name: "f" }] }],
      "messages[0].content[0].input",
    ],
    [
      [{ role: "assistant", content: [{ type: "tool_use", id: "a", input: {} }] }],
      "messages[0].content[0].name",
    ],
    [[{ role: "user", content: [] }], "messages[0].content"],
    [[{ role: "user", content: ["a"] }], "messages[0].content[0]"],
    [[{ role: "user", content: [{ type: "text" }] }], "messages[0].content[0].text"],
  ] as const).map(([messages, param]) => ["/v1/messages", { max_tokens: 5, messages }, 400, param]),
  [
    "/v1/messages",
    {
      ...{ max_tokens: 5, messages: MESSAGES },
      system: [{ type: "image" }],
    },
    400,
    "system[0].type",
  ],
  ["/detokenize", { tokens: Array(2 ** 19 + 1).fill(1) }, 400, "tokens"],
  [
    "/v1/chat/completions",
    { messages: [{ role: "assistant", tool_calls: "x" }] },
    400,
    "messages[0].tool_calls",
  ],
  [
    "/v1/chat/completions",
    {
      messages: [{ role: "assistant", tool_calls: [{ function: {} }] }],
    },
    400,
    "messages[0].tool_calls[0].function",
  ],
  [
    "/v1/chat/completions",
    {
      messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: 5 } }] }],
    },
    400,
    "messages[0].tool_calls[0].function.arguments",
  ],
  ["/v1/chat/completions", { messages: MESSAGES, tools: ["x"] }, 400, "tools[0]"],
] as [path: string, body: object, status: number, param: string][]).map(([path, body, status, param]) => ({
  ...{ what: `${path}: ${JSON.stringify(body).slice(0, 100)}`, path, body, status, param },
}));

const FUNCTION = { type: "function", function: { name: "f" } };
/** Rows that other checks would refuse too, with other words. */
const WORDED: BadRow[] = ([
  [{ tools: [] }, "tools", "at least one tool"],
  [{ tools: [FUNCTION], tool_choice: 5 }, "tool_choice", 'expected "none"'],
  [{ tools: [FUNCTION], tool_choice: "sometimes" }, "tool_choice", 'expected "none"'],
] as const).map(([fields, param, words]) => ({
  ...{ what: `${CHAT}: ${words}`, path: CHAT, body: { messages: MESSAGES, ...fields }, param, words },
}));

/** All rows. */
export const BAD_ROWS: readonly BadRow[] = [
  ...BAD_TOOL_ROWS,
  ...NOT_JSON,
  ...HTTP,
  ...OTHERS,
  ...WORDED,
  ...fields(TEXT, { prompt: "Hi" }, GENERATION),
  ...fields(TEXT, {}, [
    ["prompt", 5, true, {}, [], [[]], [1.5], [-1], ["a", 1], [[1], "a", null], [[1, "x"]], [99999], [null]],
  ]).map((row) => ({ ...row, param: undefined })),
  ...fields(TEXT, { prompt: "Hi" }, [
    ["max_tokens", -1, 1.5, "16", true],
    ["logprobs", -1, 21, true, "x"],
    ["echo", "yes"],
    ["best_of", 0, 200],
    ["suffix", " end"],
    ["max_tokenz", 5],
    ["temprature", 1],
    ["promt", "a"],
  ]),
  ...bodies(TEXT, [
    [{}, "prompt"],
    [{ prompt: null }, "prompt"],
    [{ prompt: "a", n: 3, best_of: 2 }, "best_of"],
    [{ prompt: "a", best_of: 2, stream: true }, "best_of"],
    [{ prompt: "a", stream_options: { include_usage: true } }, "stream_options"],
    [{ prompt: "a", stream: true, stream_options: { include_usage: 1 } }, "stream_options.include_usage"],
    [{ prompt: "a", temperature: 0, do_sample: true }, "do_sample"],
    [{ prompt: "a", max_tokens: 5, max_new_tokens: 6 }, "max_new_tokens"],
    [{ prompt: Array(1025).fill("a") }, "prompt"],
    [{ prompt: "a", n: 100 }, "n"],
    [{ prompt: "a", max_length: 1 }, "max_length"],
    [{ prompt: [1, 99999] }, "prompt"],
    [{ prompt: "", raw: true }, "prompt"],
  ]),
  {
    what: "too long a prompt",
    body: { prompt: "word ".repeat(2000) },
    param: "prompt",
    code: "context_length_exceeded",
    words: "This model's maximum context length is 1024 tokens",
  },
  {
    what: "far too long a prompt",
    body: { prompt: "word ".repeat(200_000) },
    param: "prompt",
    code: "context_length_exceeded",
    words: "This model's maximum context length is",
  },
  {
    what: "a prompt that fills the context",
    body: { prompt: Array(1024).fill(5) },
    param: "prompt",
    code: "context_length_exceeded",
  },
  ...fields(CHAT, { messages: MESSAGES }, GENERATION),
  ...fields(CHAT, { messages: MESSAGES }, [
    ["max_tokens", 0, -1, "5"],
    ["max_completion_tokens", 0, 1.5],
    ["logprobs", 1, "yes"],
    ["top_logprobs", 3, -1, 21],
    ["tools", [], "x", {}],
    ["functions", [{}]],
    ["function_call", { name: "x" }],
    ["response_format", "text", { type: "json_schema", json_schema: { schema: { $ref: "#/none" } } }],
    ["parallel_tool_calls", 1, "yes"],
    ["tool_choice", "auto", "required", { type: "function", function: { name: "x" } }, 5],
    ["audio", {}],
    ["modalities", ["audio"]],
    ["web_search_options", {}],
    ["chat_template_kwargs", [], { messages: [] }],
    ["continue_final_message", "x"],
  ]),
  ...bodies(CHAT, [
    [{}, "messages"],
    [{ messages: null }, "messages"],
    [{ messages: [] }, "messages"],
    [{ messages: "Hi" }, "messages"],
    [{ messages: {} }, "messages"],
    [{ messages: ["Hi"] }, "messages[0]"],
    [{ messages: [{}] }, "messages[0].role"],
    [{ messages: [{ role: "user" }] }, "messages[0].content"],
    [{ messages: [{ role: "king", content: "Hi" }] }, "messages[0].role"],
    [{ messages: [{ role: "function", content: "Hi", name: "f" }] }, "messages[0].role"],
    [{ messages: [...MESSAGES, { role: "user", content: 5 }] }, "messages[1].content"],
    [{ messages: [{ role: "user", content: [] }] }, "messages[0].content"],
    [{ messages: [{ role: "user", content: ["Hi"] }] }, "messages[0].content[0]"],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      "messages[0].content[0].type",
    ],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text"],
    [{ messages: [{ role: "assistant", tool_calls: [] }] }, "messages[0].tool_calls"],
    [{ messages: [{ role: "assistant", tool_calls: [{}] }] }, "messages[0].tool_calls[0].function"],
    [{ messages: [{ role: "assistant", content: "x", audio: { id: "a" } }] }, "messages[0].audio"],
    [{ messages: MESSAGES, response_format: { type: "xml" } }, "response_format.type"],
    [{ messages: MESSAGES, response_format: { type: "json_schema" } }, "response_format.json_schema"],
    [
      { messages: MESSAGES, response_format: { type: "json_schema", json_schema: { name: "x" } } },
      "response_format.json_schema.schema",
    ],
    [{ messages: MESSAGES, response_format: { type: "json_object" }, regex: "a" }, "response_format"],
    [{ messages: MESSAGES, json_schema: {}, json_object: true }, "json_object"],
    [
      {
        ...{ messages: MESSAGES, tool_choice: "required" },
        tools: [{
          type: "function",
          function: { name: "f", parameters: { properties: { a: { not: {} } } } },
        }],
      },
      "tools[0].function.parameters",
    ],
    [
      {
        ...{ messages: MESSAGES, tool_choice: { type: "function", function: { name: "g" } } },
        tools: [{ type: "function", function: { name: "f" } }],
      },
      "tool_choice",
    ],
    [
      {
        messages: MESSAGES,
        tools: [{ type: "function", function: { name: "f", parameters: { type: "string" } } }],
      },
      "tools[0].function.parameters",
    ],
    [{ messages: MESSAGES, tools: [{ type: "web", function: { name: "f" } }] }, "tools[0].type"],
    [{ messages: MESSAGES, tools: [{ type: "function" }] }, "tools[0].function"],
    [
      { messages: MESSAGES, tools: [{ type: "function", function: { name: "a b" } }] },
      "tools[0].function.name",
    ],
    [
      { messages: MESSAGES, tools: [{ type: "function", function: { name: "a", parameters: 5 } }] },
      "tools[0].function.parameters",
    ],
    [
      { messages: MESSAGES, continue_final_message: true, add_generation_prompt: true },
      "continue_final_message",
    ],
    [{ messages: MESSAGES, stream_options: { include_usage: true } }, "stream_options"],
  ]),
  {
    what: "a schema with an unknown keyword",
    path: CHAT,
    body: {
      messages: MESSAGES,
      response_format: { type: "json_schema", json_schema: { schema: { items: { not: {} } } } },
    },
    param: "response_format",
    code: "invalid_json_schema",
    words: 'JSON schema #/items/not: the keyword "not" is not supported',
  },
  {
    what: "a schema that is too large",
    path: CHAT,
    body: {
      messages: MESSAGES,
      json_schema: { enum: Array.from({ length: 5000 }, (_, i) => `${i}`.repeat(60)) },
    },
    param: "json_schema",
    code: "invalid_json_schema",
    words: "JSON schema #: ",
  },
  {
    what: "too long a conversation",
    path: CHAT,
    body: { messages: [{ role: "user", content: "word ".repeat(3000) }] },
    param: "messages",
    code: "context_length_exceeded",
    words: "This model's maximum context length is 1024 tokens",
  },
];
