/** `/v1/chat/completions` and `/v1/completions` of a real server. */
import { assert, assertEquals } from "@std/assert";
import { shell } from "../support/contract.ts";
import { type Json, Server } from "../support/server.ts";

const server = await Server.start();
const CHAT = "/v1/chat/completions";
const TEXT = "/v1/completions";
const MESSAGES = [{ role: "user", content: "What do plants need?" }];
const encoder = new TextEncoder();

/** The bytes that log-probabilities claim, as text. */
function textOfBytes(content: Json[]): string {
  return new TextDecoder().decode(Uint8Array.from(content.flatMap(({ bytes }) => bytes)));
}

/** A stream's chunks as an unstreamed answer: choices with text, log-probabilities and finish_reason; usage. */
function joined(chunks: Json[]): Json {
  const choices = new Map<number, Json>();
  let usage = null;
  for (const chunk of chunks) {
    if (chunk.choices.length === 0) usage = chunk.usage;
    for (const { index, delta, text = delta?.content ?? "", logprobs, finish_reason } of chunk.choices) {
      const choice = choices.get(index) ?? { text: "", logprobs: null, finish: [], role: delta?.role };
      choices.set(index, choice);
      choice.text += text;
      if (finish_reason !== null) choice.finish.push(finish_reason);
      if (logprobs === null) continue;
      choice.logprobs ??= {};
      for (const [name, list] of Object.entries(logprobs)) {
        if (Array.isArray(list)) choice.logprobs[name] = [...choice.logprobs[name] ?? [], ...list];
      }
    }
  }
  return { choices: [...choices.keys()].sort((a, b) => a - b).map((index) => choices.get(index)), usage };
}

Deno.test("serve: a chat answer has OpenAI's shape", async () => {
  const answer = await server.json(CHAT, { model: "default-model", messages: MESSAGES, temperature: 0 });
  assertEquals(answer.object, "chat.completion");
  assert(/^chatcmpl-\w+$/.test(answer.id) && Math.abs(answer.created - Date.now() / 1000) < 60);
  const [{ message, ...choice }] = answer.choices;
  assertEquals(choice, { index: 0, logprobs: null, finish_reason: "stop" });
  assertEquals([message.role, message.refusal], ["assistant", null]);
  assert(message.content.length > 0 && !message.content.includes("</s>"));
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
  assertEquals(total_tokens, prompt_tokens + completion_tokens);
});

Deno.test("serve: a joined stream is the unstreamed answer, in chat", async () => {
  for (
    const options of [
      { temperature: 0, n: 2, logprobs: true, top_logprobs: 3 },
      { seed: 7, n: 3, temperature: 1.5, max_tokens: 40, logprobs: true },
      { seed: 8, stop: ["light", " the"], logprobs: true, top_logprobs: 1 },
      { temperature: 0, max_tokens: 1 },
      { seed: 3, ignore_eos: true, max_tokens: 60, logprobs: true },
    ]
  ) {
    const body = { messages: MESSAGES, ...options };
    const whole = await server.json(CHAT, body);
    const chunks = await server.events(CHAT, { ...body, stream_options: { include_usage: true } });
    const parts = joined(chunks);
    assertEquals(new Set(chunks.map(({ id }) => id)).size, 1);
    assertEquals(parts.choices.length, options.n ?? 1);
    whole.choices.forEach(({ message, finish_reason, logprobs }: Json, i: number) => {
      const part = parts.choices[i];
      assertEquals([part.text, part.finish, part.role], [message.content, [finish_reason], "assistant"]);
      assertEquals(part.logprobs?.content, logprobs?.content);
      if (logprobs) assertEquals(textOfBytes(logprobs.content), message.content);
      for (const stop of options.stop ?? []) assert(!message.content.includes(stop));
    });
    assertEquals({ ...parts.usage, prompt_tokens_details: null }, {
      ...whole.usage,
      prompt_tokens_details: null,
    });
    assertEquals(chunks.at(-1).choices, []);
    assert(chunks.slice(0, -1).every(({ usage }) => usage === null));
  }
});

Deno.test("serve: a joined stream is the unstreamed answer, in completions", async () => {
  for (
    const options of [
      { prompt: "The sea", temperature: 0, logprobs: 2, max_tokens: 12 },
      { prompt: ["The sun", "Water"], n: 2, seed: 5, logprobs: 0, echo: true, max_tokens: 9 },
      { prompt: [1, 52, 100], seed: 1, echo: true, max_tokens: 5 },
      { prompt: "A list:", seed: 2, stop: "\n", logprobs: 1, max_tokens: 30 },
      { prompt: "Rain", max_tokens: 0, echo: true, logprobs: 1 },
    ]
  ) {
    const whole = await server.json(TEXT, options);
    const chunks = await server.events(TEXT, { ...options, stream_options: { include_usage: true } });
    const parts = joined(chunks);
    assertEquals(whole.choices.length, parts.choices.length);
    whole.choices.forEach(({ text, finish_reason, logprobs }: Json, i: number) => {
      assertEquals([parts.choices[i].text, parts.choices[i].finish], [text, [finish_reason]]);
      assertEquals(parts.choices[i].logprobs, logprobs);
      if (!logprobs) return;
      logprobs.tokens.forEach((token: string, at: number) => {
        const offset = logprobs.text_offset[at];
        if (token !== "<s>" && !token.startsWith("bytes:")) {
          assertEquals(text.slice(offset).startsWith(token), true);
        }
      });
    });
    assertEquals(parts.usage.completion_tokens, whole.usage.completion_tokens);
  }
});

Deno.test("serve: the same seed gives the bytes of `llama run`, alone and among others", async () => {
  const options = { seed: 42, temperature: 0.9, top_k: 40, top_p: 0.95 };
  const prompts = ["Once upon a time", "The capital of France is", "Plants create energy", "Rain"];
  const records = prompts.map((prompt) => JSON.stringify({ prompt, max_new_tokens: 24, ...options })).join(
    "\n",
  );
  const { out, code, err } = await shell(`printf '%s\\n' "$RECORDS" | llama run --jsonl --json`, {
    RECORDS: records,
  });
  assertEquals(code, 0, err);
  const texts = out.trim().split("\n").map((line) => JSON.parse(line).text);
  const ask = async (prompt: string) =>
    (await server.json(TEXT, { prompt, max_tokens: 24, ...options })).choices[0].text;
  assertEquals([await ask(prompts[0])], [texts[0]]);
  assertEquals(await Promise.all([...prompts, ...prompts].map(ask)), [...texts, ...texts]);
});

Deno.test("serve: echo with log-probabilities is `llama score`", async () => {
  const prompt = "The sky is blue, and the sea is “deep”.";
  const { out } = await shell(`llama score --top 2 "$P"`, { P: prompt });
  const score = JSON.parse(out);
  const { choices: [{ text, logprobs }] } = await server.json(TEXT, {
    ...{ prompt, echo: true, logprobs: 2, max_tokens: 0 },
  });
  assertEquals(text, prompt);
  assertEquals(logprobs.token_logprobs, score.logprobs);
  assertEquals(
    logprobs.top_logprobs.map((top: Json) => top && Math.max(...Object.values(top) as number[])),
    score.top.map((top: Json) => top && top[0][1]),
  );
});

Deno.test("serve: length, stop and min_tokens end an answer as they say", async () => {
  const ask = async (options: Json) =>
    await server.json(TEXT, { prompt: "Plants", temperature: 0, ...options });
  const short = await ask({ max_tokens: 3 });
  assertEquals([short.choices[0].finish_reason, short.usage.completion_tokens], ["length", 3]);
  const long = await ask({ prompt: Array(1000).fill(300), max_tokens: 100000, ignore_eos: true });
  assertEquals(long.choices[0].finish_reason, "length");
  assertEquals(long.usage.total_tokens, 1024);
  const least = await ask({ max_tokens: 64, min_tokens: 60 });
  assert(least.usage.completion_tokens >= 60);
  assertEquals((await ask({})).usage.completion_tokens <= 16, true);
  const { choices: [{ text }] } = await ask({ max_tokens: 30, stop: "e" });
  assert(!text.includes("e"));
});

Deno.test("serve: logit_bias, penalties, best_of", async () => {
  const ask = async (options: Json) =>
    (await server.json(TEXT, { prompt: "Plants", temperature: 0, max_tokens: 8, ...options })).choices;
  const [{ text }] = await ask({});
  const first = await server.json("/v1/completions", {
    prompt: "Plants",
    temperature: 0,
    max_tokens: 1,
    logprobs: 0,
  });
  assert(text.startsWith(first.choices[0].text));
  const [{ text: other }] = await ask({ logit_bias: { "100": 100 } });
  const same = other.slice(0, other.length / 8);
  assertEquals(other, same.repeat(8));
  const [{ text: varied }] = await ask({
    logit_bias: { "100": 20 },
    frequency_penalty: 2,
    presence_penalty: 2,
  });
  assert(varied !== other);
  const best = await server.json(TEXT, { prompt: "Rain", seed: 4, max_tokens: 6, n: 2, best_of: 5 });
  assertEquals([best.choices.length, best.usage.completion_tokens > 12], [2, true]);
});

Deno.test("serve: no character is split over chunks", async () => {
  const chunks = await server.events(TEXT, {
    prompt: "é ü 😀 “",
    seed: 11,
    temperature: 2,
    max_tokens: 120,
    top_k: 0,
  });
  for (const { choices: [{ text }] } of chunks) assertEquals(text.isWellFormed(), true);
  const all = chunks.map(({ choices: [{ text }] }) => text).join("");
  assertEquals(new TextDecoder().decode(encoder.encode(all)), all);
});

Deno.test("serve: many at once, each gets its own answer", async () => {
  const ask = async (i: number) => {
    const body = { prompt: `Number ${i}:`, seed: i, max_tokens: 5 + i, ignore_eos: true };
    return (await server.json(TEXT, body)).choices[0].text;
  };
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  const together = await Promise.all(numbers.map(ask));
  for (const i of [0, 5, 11]) assertEquals(await ask(i), together[i]);
});

Deno.test("serve: models, and their names", async () => {
  const { data } = await server.json("/v1/models");
  assertEquals(data.map(({ id, object, context_length }: Json) => [id, object, context_length]), [
    ["default-model", "model", 1024],
  ]);
  assertEquals(await server.json("/v1/models/default-model"), data[0]);
  assertEquals((await server.fetch("/v1/models/other")).status, 404);
});

Deno.test("serve: content may be parts; developer is system; an assistant's last message goes on", async () => {
  const ask = async (body: Json) =>
    (await server.json(CHAT, { temperature: 0, max_tokens: 8, ...body })).choices[0].message.content;
  const plain = await ask({ messages: [{ role: "system", content: "Be brief." }, ...MESSAGES] });
  const [{ content }] = MESSAGES;
  const parts = [{ type: "text", text: content.slice(0, 5) }, { type: "text", text: content.slice(5) }];
  assertEquals(
    await ask({ messages: [{ role: "developer", content: "Be brief." }, { role: "user", content: parts }] }),
    plain,
  );
  const answer = await ask({ messages: MESSAGES });
  const begun = { role: "assistant", content: answer.trim().split(" ").slice(0, 2).join(" ") };
  const rest = await ask({ messages: [...MESSAGES, begun], continue_final_message: true });
  assert(answer.trim().startsWith(begun.content + rest.slice(0, 3)), JSON.stringify([answer, begun, rest]));
});

Deno.test("serve: ends with 0", async () => await server.end());
