/** Answers of a real server that are held to a schema, to JSON or to a pattern. */
import { assert, assertEquals } from "@std/assert";
import { type Json, Server } from "../support/server.ts";

const server = await Server.start();
const CHAT = "/v1/chat/completions";
const QUESTION = [{ role: "user", content: "Who is Lily?" }];
const PERSON = {
  type: "object",
  properties: {
    name: { type: "string", maxLength: 12 },
    age: { type: "integer", minimum: 0, maximum: 99 },
    likes: { type: "array", items: { enum: ["sun", "sea"] }, maxItems: 2 },
  },
  required: ["name", "age", "likes"],
  additionalProperties: false,
};
const HOT = { temperature: 2, max_tokens: 120 };

function checkPerson(text: string): void {
  const { name, age, likes, ...others } = JSON.parse(text);
  assertEquals(others, {}, text);
  assert(typeof name === "string" && [...name].length <= 12, text);
  assert(Number.isInteger(age) && age >= 0 && age <= 99, text);
  assert(likes.length <= 2 && likes.every((one: string) => ["sun", "sea"].includes(one)), text);
}

Deno.test("serve: chat answers keep to a schema at every seed, whatever `strict` says", async () => {
  const ask = (seed: number, strict?: boolean) =>
    server.json(CHAT, {
      ...{ messages: QUESTION, seed, ...HOT },
      response_format: { type: "json_schema", json_schema: { name: "person", schema: PERSON, strict } },
    });
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => ask(seed, seed % 2 === 0)));
  let ended = 0;
  for (const { choices: [{ message, finish_reason }] } of answers) {
    if (finish_reason === "length") continue;
    checkPerson(message.content);
    ended++;
  }
  assert(ended >= 3, `${ended} answers ended`);
  assertEquals((await ask(1)).choices[0].message, answers[0].choices[0].message);
});

Deno.test("serve: a streamed answer that is held to a schema is the unstreamed one", async () => {
  const body = { messages: QUESTION, seed: 3, n: 2, ...HOT, json_schema: PERSON, logprobs: true };
  const { choices } = await server.json(CHAT, body);
  const texts = ["", ""];
  for (const { choices: [choice] } of await server.events(CHAT, body)) {
    texts[choice.index] += choice.delta.content ?? "";
  }
  assertEquals(texts, choices.map(({ message }: Json) => message.content));
});

Deno.test("serve: json_object, regex and the formats of the other APIs", async () => {
  const object = await server.json(CHAT, {
    ...{ messages: QUESTION, temperature: 0, max_tokens: 4 },
    response_format: { type: "json_object" },
  });
  assertEquals(object.choices[0].message.content[0], "{");
  const { choices: [{ text, finish_reason }] } = await server.json("/v1/completions", {
    ...{ prompt: "Lily is", seed: 1, temperature: 2, max_tokens: 30, regex: " [0-9]{3} years(\\.|!)" },
  });
  assertEquals([/^ \d{3} years[.!]$/.test(text), finish_reason], [true, "stop"], text);
  const { choices: [listed] } = await server.json("/v1/completions", {
    ...{ prompt: "A list:", seed: 1, temperature: 2, max_tokens: 30 },
    grammar: 'root ::= " [" number (", " number){2} "]"\nnumber ::= [1-9] [0-9]?',
  });
  assertEquals(/^ \[\d{1,2}, \d{1,2}, \d{1,2}\]$/.test(listed.text), true, listed.text);
  const format = { type: "json_schema", name: "p", schema: PERSON };
  const response = await server.json("/v1/responses", {
    ...{ input: "Who is Lily?", temperature: 0, max_output_tokens: 200, text: { format } },
  });
  assertEquals(response.text.format, format);
  checkPerson(response.output[0].content[0].text);
  for (const field of [{ output_config: { format } }, { output_format: format }]) {
    const { content } = await server.json("/v1/messages", {
      ...{ messages: QUESTION, max_tokens: 200, temperature: 0, ...field },
    });
    checkPerson(content[0].text);
  }
});

Deno.test("serve: text beside a constraint that asks for nothing is free", async () => {
  const ask = async (field: Json) =>
    (await server.json(CHAT, { messages: QUESTION, temperature: 0, max_tokens: 8, ...field })).choices[0]
      .message;
  const free = await ask({});
  assertEquals(await ask({ response_format: { type: "text" } }), free);
  assertEquals(await ask({ json_object: false, regex: null }), free);
});

Deno.test("serve: ends with 0", async () => await server.end());
