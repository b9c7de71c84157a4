/**
 * OpenAI's, Anthropic's, Vercel's and LangChain's own clients against a real server. This folder has a configuration of
 * its own, so that no user of the program downloads them.
 */
import Anthropic from "@anthropic-ai/sdk";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI, OpenAI as LangChainOpenAI } from "@langchain/openai";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { generateText, streamText } from "ai";
import OpenAI from "openai";

/** The server under test; tests/serve/clients_test.ts starts it. */
const url = Deno.env.get("LLAMA_TEST_SERVER")!;
const baseURL = `${url}/v1`;
const openai = new OpenAI({ baseURL, apiKey: "secret", maxRetries: 0 });
const model = "default-model";
const messages = [{ role: "user" as const, content: "What do plants need?" }];
/** Greedy answers of a known length. */
const GREEDY = { temperature: 0, max_tokens: 10 };

const known = (await openai.chat.completions.create({ model, messages, ...GREEDY })).choices[0].message
  .content!;

Deno.test("client openai: chat, whole and streamed, its errors, its abort", async () => {
  assert(known.length > 10);
  const stream = await openai.chat.completions.create({
    ...{ model, messages, stream: true, ...GREEDY },
    stream_options: { include_usage: true },
  });
  let text = "";
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage;
  }
  assertEquals([text, usage?.completion_tokens], [known, 10]);
  const runner = openai.chat.completions.stream({ model, messages, ...GREEDY });
  assertEquals((await runner.finalChatCompletion()).choices[0].message.content, known);
  const tooLong = await assertRejects(
    () =>
      openai.chat.completions.create({ model, messages: [{ role: "user", content: "word ".repeat(3000) }] }),
    OpenAI.BadRequestError,
  );
  assertEquals([tooLong.code, tooLong.param, tooLong.status], ["context_length_exceeded", "messages", 400]);
  assert(tooLong.requestID?.startsWith("req_"));
  await assertRejects(
    () => openai.chat.completions.create({ model: "gpt-4o", messages }),
    OpenAI.NotFoundError,
  );
  const stranger = new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 });
  await assertRejects(() => stranger.models.list(), OpenAI.AuthenticationError);
  const gone = new AbortController();
  const long = await openai.chat.completions.create(
    { model, messages, stream: true, ...{ ignore_eos: true }, max_tokens: 900 },
    { signal: gone.signal },
  );
  for await (const _ of long) {
    gone.abort();
    break;
  }
});

Deno.test("client openai: completions, models, responses", async () => {
  const { choices } = await openai.completions.create({
    model,
    prompt: ["The sea", "Rain"],
    ...GREEDY,
    logprobs: 1,
  });
  assertEquals(choices.map(({ index }) => index), [0, 1]);
  let text = "";
  for await (
    const chunk of await openai.completions.create({ model, prompt: "The sea", stream: true, ...GREEDY })
  ) {
    text += chunk.choices[0]?.text ?? "";
  }
  assertEquals(text, choices[0].text);
  const ids: string[] = [];
  for await (const one of await openai.models.list()) ids.push(one.id);
  assertEquals(ids, [model]);
  assertEquals((await openai.models.retrieve(model)).id, model);
  const options = { model, input: messages[0].content, temperature: 0, max_output_tokens: 10 };
  assertEquals((await openai.responses.create(options)).output_text, known);
  const final = await openai.responses.stream(options).finalResponse();
  assertEquals(final.output_text, known);
});

Deno.test("client @anthropic-ai/sdk: messages, whole and streamed, and the count of tokens", async () => {
  const anthropic = new Anthropic({ baseURL: url, apiKey: "secret", maxRetries: 0 });
  const options = { model, messages, ...GREEDY };
  const { content, usage } = await anthropic.messages.create(options);
  assertEquals(content, [{ type: "text", text: known }] as typeof content);
  const final = await anthropic.messages.stream(options).finalMessage();
  assertEquals([final.content, final.usage.output_tokens], [content, usage.output_tokens]);
  const { input_tokens } = await anthropic.messages.countTokens({ model, messages });
  assertEquals(input_tokens, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
  const refused = await assertRejects(
    () => anthropic.messages.create({ ...options, model: "claude" }),
    Anthropic.NotFoundError,
  );
  assertEquals(refused.type, "not_found_error");
});

Deno.test("client @ai-sdk/openai-compatible: text, whole and streamed", async () => {
  const provider = createOpenAICompatible({ name: "llama", baseURL, apiKey: "secret", includeUsage: true });
  const options = {
    model: provider(model),
    prompt: messages[0].content,
    temperature: 0,
    maxOutputTokens: 10,
  };
  const { text, usage, finishReason } = await generateText(options);
  assertEquals([text, usage.outputTokens, finishReason], [known, 10, "length"]);
  const stream = streamText(options);
  let parts = "";
  for await (const part of stream.textStream) parts += part;
  assertEquals([parts, (await stream.usage).outputTokens], [known, 10]);
});

Deno.test("client @langchain/openai: chat and completions, whole and streamed", async () => {
  const options = {
    model,
    apiKey: "secret",
    temperature: 0,
    maxTokens: 10,
    configuration: { baseURL },
    maxRetries: 0,
  };
  const chat = new ChatOpenAI(options);
  const { content, usage_metadata } = await chat.invoke(messages[0].content);
  assertEquals([content, usage_metadata?.output_tokens], [known, 10]);
  let text = "";
  for await (const chunk of await chat.stream(messages[0].content)) text += chunk.content;
  assertEquals(text, known);
  const plain = new LangChainOpenAI(options);
  const whole = await plain.invoke("The sea");
  let parts = "";
  for await (const part of await plain.stream("The sea")) parts += part;
  assertEquals(parts, whole);
});
