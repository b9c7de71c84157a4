/** Calls of tools in the answers of a real server: forced ones keep to their schema, in each syntax and API. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventsOf, type Json, Server } from "../support/server.ts";

const CHAT = "/v1/chat/completions";
const QUESTION = [{ role: "user", content: "How is the weather?" }];
const tool = (name: string, parameters?: Json) => ({ type: "function", function: { name, parameters } });
const WEATHER = tool("get_weather", {
  type: "object",
  properties: { city: { enum: ["Rome", "Oslo"] }, days: { type: "integer", minimum: 1, maximum: 9 } },
  required: ["city", "days"],
  additionalProperties: false,
});
const NOW = tool("now");
const TOOLS = [WEATHER, NOW];
const HOT = { temperature: 2, max_tokens: 150 };

const template = (name: string) => ["--chat-template", `tests/serve/templates/${name}.jinja`];
const SYNTAXES: Readonly<Record<string, string[]>> = {
  plain: [],
  tag: template("tag"),
  list: template("list"),
  llama: template("llama"),
};

function checkCall({ name, arguments: given }: Json): void {
  const { city, days, ...others } = JSON.parse(given);
  assertEquals(others, {});
  if (name === "now") return assertEquals(given, "{}");
  assertEquals(name, "get_weather");
  assert(["Rome", "Oslo"].includes(city) && days >= 1 && days <= 9, given);
}

/** The message of a stream's first choice, and its reason of finishing. */
function joined(chunks: Json[]): Json {
  const message: Json = { content: null };
  let finish = null;
  for (const { choices: [{ delta, finish_reason }] } of chunks) {
    if (delta.content) message.content = (message.content ?? "") + delta.content;
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      message.tool_calls ??= [];
      if (id) message.tool_calls.push({ id, name: called.name, arguments: "" });
      assertEquals(index, message.tool_calls.length - 1);
      message.tool_calls[index].arguments += called.arguments;
    }
    finish ??= finish_reason;
  }
  return { ...message, finish };
}

/** One server a syntax; later tests use those of the first. */
const servers = new Map<string, Server>();

for (const [name, args] of Object.entries(SYNTAXES)) {
  Deno.test(`serve: forced calls keep to their schema; streams are the same: ${name}`, async () => {
    const server = await Server.start(args);
    servers.set(name, server);
    const ask = (body: Json) => server.json(CHAT, { messages: QUESTION, tools: TOOLS, ...HOT, ...body });
    const required = { tool_choice: "required", parallel_tool_calls: false };
    const named = { tool_choice: { type: "function", function: { name: "get_weather" } } };
    for (const seed of [1, 2]) {
      const { choices: [{ message, finish_reason }] } = await ask({ ...required, seed });
      assertEquals([finish_reason, message.content, message.tool_calls.length], ["tool_calls", null, 1]);
      assertMatch(message.tool_calls[0].id, name === "list" ? /^\w{9}$/ : /^call_\w{24}$/);
      checkCall(message.tool_calls[0].function);
    }
    const { choices: [{ message, finish_reason }] } = await ask({ ...named, seed: 4 });
    assertEquals(finish_reason === "length" || message.tool_calls.length > 0, true);
    for (const call of message.tool_calls.slice(0, -1)) checkCall(call.function);
    assertEquals(message.tool_calls[0].function.name, "get_weather");
    const stream = joined(
      await server.events(CHAT, { messages: QUESTION, tools: TOOLS, ...HOT, ...named, seed: 4 }),
    );
    assertEquals(
      stream.tool_calls.map(({ id: _, ...called }: Json) => called),
      message.tool_calls.map((call: Json) => call.function),
    );
    assertEquals([stream.content, stream.finish], [null, finish_reason]);
    // An answer that is cut says so, and keeps what came of the call.
    const cut = (await ask({ ...named, seed: 1, max_tokens: 24 })).choices[0];
    assertEquals(cut.finish_reason, "length");
    // The call and its result go back into the template.
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "It RAINS." };
    const messages = [...QUESTION, { ...message, tool_calls: message.tool_calls.slice(0, 1) }, result];
    const { prompt } = await server.json("/apply-template", { messages, tools: TOOLS });
    for (const text of ["It RAINS.", '"get_weather"', '"city"']) assertStringIncludes(prompt, text);
    assertEquals((await ask({ messages, max_tokens: 2, temperature: 0 })).choices.length, 1);
    const { prompt: without } = await server.json("/apply-template", {
      ...{ messages: QUESTION, tools: TOOLS, tool_choice: "none" },
    });
    assertEquals(without.includes("get_weather"), false);
    if (name !== "plain" && name !== "tag") await server.end();
  });
}

Deno.test("serve: calls in the other APIs, streamed and not", async () => {
  const server = servers.get("tag")!;
  const { type, function: called } = WEATHER;
  const body = { input: "Weather?", seed: 5, temperature: 2, tools: [{ type, ...called }] };
  const forced = { ...body, max_output_tokens: 150, tool_choice: "required", parallel_tool_calls: false };
  const { output, status } = await server.json("/v1/responses", forced);
  assertEquals([status, output.length, output[0].type, output[0].status], [
    ...["completed", 1, "function_call", "completed"],
  ]);
  checkCall(output[0]);
  const events = await (await server.post("/v1/responses", { ...forced, stream: true })).text();
  const list = events.trim().split("\n\n").filter((block) => !block.startsWith(":")).map((block) =>
    JSON.parse(block.slice(block.indexOf("data: ") + 6))
  );
  const deltas = list.filter((event) => event.type === "response.function_call_arguments.delta");
  assertEquals(deltas.map(({ delta }) => delta).join(""), output[0].arguments);
  const last = list.at(-1).response.output;
  assertEquals(last.map(({ name, arguments: given }: Json) => [name, given]), [[
    "get_weather",
    output[0].arguments,
  ]]);
  assertEquals(list.filter((event) => event.type === "response.output_item.done").length, 1);
  const choice = { type: "function", name: "get_weather" };
  checkCall((await server.json("/v1/responses", { ...forced, tool_choice: choice })).output[0]);

  const use = {
    ...{ messages: QUESTION, temperature: 2, seed: 6, max_tokens: 150 },
    tools: [{ name: "get_weather", input_schema: WEATHER.function.parameters }],
    tool_choice: { type: "tool", name: "get_weather", disable_parallel_tool_use: true },
  };
  const { content: [block, ...others], stop_reason } = await server.json("/v1/messages", use);
  assertEquals([block.type, others, stop_reason], ["tool_use", [], "tool_use"]);
  checkCall({ name: block.name, arguments: JSON.stringify(block.input) });
  const streamed = await (await server.post("/v1/messages", { ...use, stream: true })).text();
  const parts = [...streamed.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
  const json = parts.map(({ delta }) => delta?.partial_json ?? "").join("");
  assertEquals(JSON.parse(json), block.input);
  assertEquals(parts.find((event) => event.type === "message_delta").delta.stop_reason, "tool_use");
  const again = [
    ...QUESTION,
    { role: "assistant", content: [block] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: block.id, content: "Rain." }] },
  ];
  assertEquals(
    (await server.json("/v1/messages", { ...use, messages: again, tool_choice: { type: "any" } })).role,
    "assistant",
  );
  await server.end();
});

Deno.test("serve: with tools and a format an answer is one or the other; large bounds are no bug", async () => {
  const server = servers.get("plain")!;
  const schema = { type: "object", properties: { n: { type: "integer", maximum: 1 } }, required: ["n"] };
  const text =
    `{"messages":[{"role":"user","content":"x"}],"seed":2,"max_tokens":60,"temperature":0,"json_schema":` +
    `{"type":"integer","minimum":9007199254740993,"maximum":9223372036854775807},` +
    `"tools":${JSON.stringify(TOOLS)}}`;
  const { choices: [{ message }] } = await (await server.post(CHAT, text)).json();
  if (message.tool_calls) checkCall(message.tool_calls[0].function);
  else assertMatch(message.content, /^[1-9]\d{15,18}$/);
  const { choices: [free] } = await server.json(CHAT, {
    ...{ messages: QUESTION, tools: TOOLS, temperature: 0, max_tokens: 8 },
  });
  assertEquals(["stop", "length"].includes(free.finish_reason) && free.message.content.length > 0, true);
  const both = {
    messages: QUESTION,
    tools: TOOLS,
    tool_choice: "required",
    json_schema: schema,
    max_tokens: 99,
  };
  const forced = (await server.json(CHAT, both)).choices[0].message;
  assertEquals(forced.tool_calls.length, 1);
  const stream = await server.post(CHAT, { ...both, stream: true });
  assertEquals(joined(eventsOf(await stream.text())).tool_calls.length, 1);
  await server.end();
});
