/** Conversations in a pipe: `llama run --chat`, records with messages, lines of OpenAI batch files. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT, shell, table } from "../support/contract.ts";

const HOT = "What is the opposite of hot?";
const GREEDY = "--greedy -n 24 --dtype float32";
const GOLDEN: { role: string; content: string }[] = JSON.parse(
  await Deno.readTextFile(`${ROOT}testdata/golden/chat.json`),
);
const WEATHER = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { enum: ["Rome"] } } } },
};
const user = (content: unknown) => [{ role: "user", content }];
const line = (custom_id: unknown, body: unknown, url = "/v1/chat/completions") => ({
  ...{ custom_id, method: "POST", url, body },
});

async function prepare(folder: string): Promise<void> {
  const write = (name: string, records: unknown[]) =>
    Deno.writeTextFile(`${folder}/${name}`, records.map((record) => JSON.stringify(record) + "\n").join(""));
  // Each record ends before an answer of the golden conversation.
  const ends = GOLDEN.flatMap(({ role }, i) => role === "assistant" ? [i] : []);
  await write("golden.jsonl", ends.map((end) => ({ messages: GOLDEN.slice(0, end), parse_special: true })));
  await write("mixed.jsonl", [
    { prompt: "The opposite of hot is", id: 1 },
    line("a", { model: "any", messages: user(HOT), temperature: 0, max_tokens: 9, n: 2 }),
    { messages: user(HOT), id: "m" },
    line("b", { messages: [] }),
    line("c", { messages: user("Hi"), stream: true }),
    line("d", { messages: user("Hi") }, "/v1/nothing"),
    { ...line("e", {}), method: "GET" },
    line("f", { messages: user("Hi"), max_tokens: 1, logprobs: true, top_logprobs: 2 }),
  ]);
  await write("forms.jsonl", [
    { messages: user([{ type: "text", text: "What is the opposite" }, { type: "text", text: " of hot?" }]) },
    { messages: [...user(HOT), { role: "assistant", content: " Co" }], continue_final_message: true },
    { messages: user(HOT), add_generation_prompt: false },
    { messages: user(HOT), tools: [WEATHER], tool_choice: "required", max_new_tokens: 60 },
    { messages: user(HOT), json_object: true, max_new_tokens: 5 },
    { messages: user([{ type: "image_url" }]) },
    { messages: user("\ud800") },
    { messages: [{ role: "nobody", content: "a" }] },
    { messages: user("a"), chat_template_kwargs: { messages: [] } },
    { messages: user("hot ".repeat(2000)) },
  ]);
  const other = "{{ bos_token }}<{{ messages[-1].content }}|{{ messages | length }}>";
  await Deno.writeTextFile(`${folder}/other.jinja`, other);
}

table("run: conversations", [
  [`llama run --chat ${GREEDY} '${HOT}'`, { out: /^ ?Cold\.\n$/ }],
  [`echo '${HOT}' | llama run --chat ${GREEDY} --json`, {
    json: ([{ prompt, text, message }]) => {
      assertEquals([prompt, message], [HOT, { role: "assistant", content: text }]);
      assertEquals(text.trim(), "Cold.");
    },
  }],
  // The beginning-of-sequence token is there once.
  [`llama run --chat --chat-template $T/other.jinja --system S --json -n 1 --seed 1 a`, {
    json: ([{ usage }]) => assert(usage.prompt_tokens > 4 && usage.prompt_tokens < 9, usage.prompt_tokens),
  }],
  [`llama run --chat --chat-template default ${GREEDY} '${HOT}'`, { out: /Cold/ }],
  [`printf '${HOT}\\n${HOT}\\n' | llama run --lines --chat ${GREEDY}`, { out: /^ ?Cold\.\n ?Cold\.\n$/ }],
  // Ids are used as they are.
  [`echo '{"prompt": [1, 5]}' | llama run --jsonl --json --chat -n 1 --seed 1`, {
    json: ([object]) => assertEquals([object.usage.prompt_tokens, object.message], [2, undefined]),
  }],
  [`llama run --jsonl --json ${GREEDY} -f $T/golden.jsonl`, {
    json: (objects) =>
      assertEquals(
        objects.map(({ message }) => message.content.trimStart()),
        GOLDEN.filter(({ role }) => role === "assistant").map(({ content }) => content),
      ),
  }],
  [`llama run --jsonl --json --greedy -n 9 -f $T/forms.jsonl`, {
    code: 3,
    err: "5 records failed",
    json: (objects) => {
      assertEquals(objects[0].message, { role: "assistant", content: " Cold." });
      assertEquals(objects[0].prompt.match(/<s>/g)?.length, 1);
      assertMatch(objects[1].prompt, / Co$/);
      assert(!objects[2].prompt.trimEnd().endsWith("Assistant:"), objects[2].prompt);
      const { content, tool_calls: [call] } = objects[3].message;
      assertEquals([content, call.type, call.function.name], [null, "function", "get_weather"]);
      JSON.parse(call.function.arguments);
      assertMatch(objects[4].text, /^\{/);
      assertMatch(
        objects[5].error,
        /line 6: messages\[0\]\.content\[0\]\.type: expected "text", got "image_url"$/,
      );
      assertMatch(objects[6].error, /line 7: messages: expected Unicode text, got a lone surrogate$/);
      assertMatch(objects[7].error, /line 8: messages\[0\]\.role: expected one of system.*, got "nobody"$/);
      assertMatch(
        objects[8].error,
        /line 9: chat_template_kwargs\.messages: expected it in the body itself$/,
      );
      assertMatch(objects[9].error, /line 10: the prompt has \d+ tokens, the model's context holds 1024$/);
    },
  }],
], prepare);

table("run: lines of OpenAI batch files among records", [
  [`llama run --jsonl --json --greedy -n 9 -f $T/mixed.jsonl`, {
    code: 3,
    err: "4 records failed",
    json: (lines) => {
      assertEquals(lines.map(({ id, custom_id: own }) => own ?? id), [1, "a", "m", "b", "c", "d", "e", "f"]);
      const [, { response, error }, { message }] = lines;
      assertEquals([response.status_code, error, typeof response.request_id], [200, null, "string"]);
      const { object, choices, usage } = response.body;
      assertEquals([object, choices.length, usage.completion_tokens], ["chat.completion", 2, 8]);
      for (const choice of choices) assertEquals(choice.message.content, message.content);
      const failed = lines.slice(3, 7);
      assertEquals(failed.map(({ response }) => response.status_code), [400, 400, 400, 400]);
      for (const { response, error } of failed) assertEquals(response.body.error.message, error.message);
      assertEquals(lines[7].response.body.choices[0].logprobs.content[0].top_logprobs.length, 2);
    },
  }],
], prepare);

table("run: options of conversations that cannot be used", [
  ["llama run --chat --no-chat a", { code: 2, err: "contradict" }],
  ["llama run --system a b", { code: 2, err: "--system: expected --chat" }],
  ["llama run --chat-template a b", { code: 2, err: "--chat-template: expected --chat" }],
  ["llama run --chat --chat-template /no/file a", { code: 4, err: "the model's own templates: default" }],
], prepare);

Deno.test("contract: 200 lines of a batch file come out in their order", async () => {
  const folder = await Deno.makeTempDir();
  const lines = Array.from({ length: 200 }, (_, i) => {
    const body = i % 20 === 7
      ? { messages: i }
      : { messages: user(`Say ${i}`), max_tokens: 2, temperature: 0 };
    return JSON.stringify(line(`r${i}`, body));
  });
  await Deno.writeTextFile(`${folder}/in.jsonl`, lines.join("\n"));
  const { code, out } = await shell(`llama run --jsonl -f ${folder}/in.jsonl`);
  await Deno.remove(folder, { recursive: true });
  assertEquals(code, 3);
  const answers = out.trim().split("\n").map((text) => JSON.parse(text));
  assertEquals(answers.map(({ custom_id: id }) => id), lines.map((_, i) => `r${i}`));
  const bad = answers.flatMap(({ error }, i) => error ? [i] : []);
  assertEquals(bad, Array.from({ length: 10 }, (_, i) => 20 * i + 7));
});
