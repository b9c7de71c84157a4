/** The endpoints beside completions, on a real server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { shell } from "../support/contract.ts";
import { type Json, Server } from "../support/server.ts";

const server = await Server.start(["--cors", "https://friend.example"]);
const QUESTION = "What do plants need?";

/** Events with names, as Responses and Messages send them. */
async function named(path: string, body: Json): Promise<Json[]> {
  const response = await server.post(path, { ...body, stream: true });
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const blocks = (await response.text()).split("\n\n").filter((block) =>
    block !== "" && !block.startsWith(":")
  );
  return blocks.map((block) => {
    const [, event, data] = /^event: (\S+)\ndata: ([^\n]+)$/.exec(block)!;
    const value = JSON.parse(data);
    assertEquals(value.type, event);
    return value;
  });
}

Deno.test("serve: responses, whole and streamed, are chat's answer", async () => {
  const options = { temperature: 0, max_output_tokens: 6 };
  const chat = await server.json("/v1/chat/completions", {
    ...{ temperature: 0, max_tokens: 6 },
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: QUESTION }],
  });
  const whole = await server.json("/v1/responses", {
    ...options,
    instructions: "Be brief.",
    input: QUESTION,
  });
  const [item] = whole.output;
  assertEquals(item.content[0].text, chat.choices[0].message.content);
  assertEquals([whole.status, whole.incomplete_details, item.status], [
    "incomplete",
    { reason: "max_output_tokens" },
    "incomplete",
  ]);
  assertEquals([whole.usage.input_tokens, whole.usage.output_tokens], [
    chat.usage.prompt_tokens,
    chat.usage.completion_tokens,
  ]);
  const items = [
    { role: "system", content: [{ type: "input_text", text: "Be brief." }] },
    { type: "message", role: "user", content: QUESTION },
  ];
  const events = await named("/v1/responses", { ...options, input: items });
  assertEquals(events.map(({ sequence_number }) => sequence_number), events.map((_, i) => i));
  const deltas = events.filter(({ type }) => type === "response.output_text.delta");
  assertEquals(deltas.map(({ delta }) => delta).join(""), item.content[0].text);
  const { response } = events.at(-1);
  assertEquals([events[0].type, events.at(-1).type], ["response.created", "response.incomplete"]);
  assertEquals(response.output[0].content, item.content);
  const ended = await server.json("/v1/responses", { input: QUESTION, temperature: 0 });
  assertEquals([ended.status, ended.output[0].status], ["completed", "completed"]);
  const scored = await server.json("/v1/responses", {
    ...options,
    input: QUESTION,
    include: ["message.output_text.logprobs"],
    top_logprobs: 2,
  });
  const { text, logprobs } = scored.output[0].content[0];
  assertEquals(logprobs.map(({ token }: Json) => token).join(""), text);
});

Deno.test("serve: messages, whole and streamed, are chat's answer", async () => {
  const chat = await server.json("/v1/chat/completions", {
    ...{ temperature: 0, max_tokens: 6 },
    messages: [{ role: "system", content: "Be brief." }, { role: "user", content: QUESTION }],
  });
  const body = {
    ...{ model: "default-model", max_tokens: 6, temperature: 0, system: "Be brief." },
    messages: [{ role: "user", content: [{ type: "text", text: QUESTION }] }],
  };
  const whole = await server.json("/v1/messages", body);
  assertEquals(whole.content, [{ type: "text", text: chat.choices[0].message.content }]);
  assertEquals([whole.type, whole.role, whole.stop_reason, whole.stop_sequence], [
    "message",
    "assistant",
    "max_tokens",
    null,
  ]);
  const events = await named("/v1/messages", body);
  const text = events.map(({ delta }) => delta?.text ?? "").join("");
  assertEquals(text, whole.content[0].text);
  assertEquals(events.filter(({ type }) => type !== "content_block_delta").map(({ type }) => type), [
    "message_start",
    "content_block_start",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  assertEquals(events.at(-2).delta, { stop_reason: "max_tokens", stop_sequence: null });
  assertEquals(events.at(-2).usage.output_tokens, whole.usage.output_tokens);
  const word = text.trim().split(" ")[1];
  const stopped = await server.json("/v1/messages", { ...body, stop_sequences: ["never so", word] });
  assertEquals([stopped.stop_reason, stopped.stop_sequence], ["stop_sequence", word]);
  const { input_tokens } = await server.json("/v1/messages/count_tokens", {
    ...{ model: "default-model", system: body.system, messages: body.messages },
  });
  assertEquals(input_tokens, chat.usage.prompt_tokens);
});

Deno.test("serve: tokenize, detokenize and apply-template are the commands'", async () => {
  const content = "Hello, <s> wörld 😀";
  const { out } = await shell(
    `llama tokenize --json "$P"; llama tokenize --json --raw --parse-special "$P"`,
    { P: content },
  );
  const [[all, tokens], [raw]] = out.trim().split("\n").map((line) => JSON.parse(line)).map((
    { ids, tokens },
  ) => [ids, tokens]);
  assertEquals(
    (await server.json("/tokenize", { content, add_special: true, parse_special: false })).tokens,
    all,
  );
  assertEquals((await server.json("/tokenize", { content })).tokens, raw);
  const pieces = await server.json("/tokenize", {
    content,
    add_special: true,
    parse_special: false,
    with_pieces: true,
  });
  assertEquals(pieces.tokens.length, tokens.length);
  const bytes = pieces.tokens.slice(1).flatMap(({ piece }: Json) =>
    typeof piece === "string" ? [...new TextEncoder().encode(piece)] : piece
  );
  assertEquals(new TextDecoder().decode(Uint8Array.from(bytes)).trimStart(), content);
  assertEquals((await server.json("/detokenize", { tokens: all })).content, content);
  const { prompt } = await server.json("/apply-template", { messages: [{ role: "user", content: "Hi" }] });
  assertEquals(prompt, "<s>User: Hi\nAssistant:");
});

Deno.test("serve: metrics are valid in both formats, and count", async () => {
  await server.json("/v1/completions", { prompt: "a", max_tokens: 3, ignore_eos: true });
  const plain = await server.fetch("/metrics");
  assertMatch(plain.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  checkMetrics(await plain.text(), "plain");
  const open = await server.fetch("/metrics", {
    headers: { accept: "application/openmetrics-text; version=1.0.0" },
  });
  assertMatch(open.headers.get("content-type")!, /^application\/openmetrics-text; version=1\.0\.0/);
  const text = await open.text();
  checkMetrics(text, "open");
  const value = (name: string) =>
    Number(text.split("\n").find((line) => line.startsWith(`${name} `))?.split(" ")[1]);
  assert(
    value("llama_generated_tokens_total") >= 3 && value("llama_time_to_first_token_seconds_count") >= 1,
    text,
  );
  assertMatch(text, /^llama_requests_total\{path="\/v1\/completions",status="200"\} \d+$/m);
});

/** The grammar of both text formats, as far as this server uses it. */
function checkMetrics(text: string, format: "plain" | "open"): void {
  assert(text.endsWith("\n"));
  const lines = text.slice(0, -1).split("\n");
  if (format === "open") assertEquals(lines.pop(), "# EOF");
  let family = "";
  let type = "";
  const seen = new Set<string>();
  for (const line of lines) {
    const head = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (head?.[1] === "HELP") {
      family = head[2];
      assert(!seen.has(family), `${family} twice`);
      seen.add(family);
    } else if (head) {
      assertEquals(head[2], family);
      type = head[3];
    } else {
      const sample =
        /^([a-z_]+)(?:\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? (\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/.exec(
          line,
        );
      assert(sample, line);
      const base = format === "plain" ? family.replace(/_total$/, "") : family;
      const suffixes = { counter: ["_total"], gauge: [""], histogram: ["_bucket", "_sum", "_count"] }[type]!;
      assert(suffixes.some((suffix) => sample![1] === base + suffix), line);
    }
  }
}

Deno.test("serve: slots, health, the list of endpoints, HEAD", async () => {
  const slots = await server.json("/slots");
  assertEquals(slots.map(({ id, state }: Json) => [id, state]), [0, 1, 2, 3].map((id) => [id, "idle"]));
  assertEquals(await server.json("/health"), { status: "ok" });
  const page = await server.fetch("/");
  assertMatch(await page.text(), /POST \/v1\/chat\/completions/);
  const head = await server.fetch("/health", { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
});

Deno.test("serve: pages of an allowed origin may read, others not", async () => {
  const origin = "https://friend.example";
  const preflight = await server.fetch("/v1/completions", {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  await preflight.body?.cancel();
  assertEquals(preflight.status, 204);
  assertEquals(preflight.headers.get("access-control-allow-origin"), origin);
  assertMatch(preflight.headers.get("access-control-allow-methods")!, /POST/);
  const answer = await server.post("/v1/completions", { prompt: "a", max_tokens: 1 }, {
    headers: { origin },
  });
  await answer.body?.cancel();
  assertEquals([answer.status, answer.headers.get("access-control-allow-origin")], [200, origin]);
  const own = await server.fetch("/v1/models", { headers: { origin: server.url } });
  await own.body?.cancel();
  assertEquals([own.status, own.headers.get("access-control-allow-origin")], [200, null]);
});

Deno.test("serve: ends with 0", async () => await server.end());
