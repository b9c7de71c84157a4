/** Starts a server for tests/clients/, and checks that its answers have the types that OpenAI's package publishes. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { ROOT } from "../support/contract.ts";
import { type Json, Server } from "../support/server.ts";

const FOLDER = fromFileUrl(new URL("../clients/", import.meta.url));
const server = await Server.start(["--api-key", "secret"]);
const KEY = { headers: { authorization: "Bearer secret" } };

async function deno(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [args[0], "--quiet", "--frozen", "--config", join(FOLDER, "deno.json"), ...args.slice(1)],
    cwd: ROOT,
    env: { LLAMA_TEST_SERVER: server.url, NO_COLOR: "1" },
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assertEquals(code, 0, text);
  return text;
}

Deno.test("serve: npm's clients", async () => {
  const permissions = ["--allow-net", "--allow-env", "--allow-sys", "--allow-read"];
  const text = await deno(["test", "--no-prompt", ...permissions, join(FOLDER, "clients_test.ts")]);
  assert(/ok \| [5-9] passed/.test(text), text);
});

/** A request, and the type of its answer, or of each of its events, in the package `openai`. */
const ANSWERS: readonly (readonly [path: string, body: Json, type: string])[] = [
  ["/v1/models", undefined, "OpenAI.ModelsPage['data'][number][]"],
  ["/v1/completions", { prompt: "The sea", echo: true, logprobs: 2 }, "Completion"],
  ["/v1/completions", {
    prompt: "The sea",
    stream: true,
    logprobs: 1,
    stream_options: { include_usage: true },
  }, "Completion"],
  ["/v1/chat/completions", { n: 2 }, "OpenAI.ChatCompletion"],
  ["/v1/chat/completions", { logprobs: true, top_logprobs: 2 }, "OpenAI.ChatCompletion"],
  ["/v1/chat/completions", { stream: true, logprobs: true, top_logprobs: 1 }, "OpenAI.ChatCompletionChunk"],
  [
    "/v1/chat/completions",
    { stream: true, stream_options: { include_usage: true } },
    "OpenAI.ChatCompletionChunk",
  ],
  ["/v1/responses", { input: "Hi" }, "Omit<OpenAI.Responses.Response, 'output_text'>"],
  [
    "/v1/responses",
    { input: "Hi", include: ["message.output_text.logprobs"], max_output_tokens: 3 },
    "Omit<OpenAI.Responses.Response, 'output_text'>",
  ],
  ["/v1/responses", { input: "Hi", stream: true }, "Event"],
];
/**
 * OpenAI's service sends null where its package's type of completions has no room for it: before the end of a stream, and
 * for the first token of a prompt.
 */
const COMPLETION =
  `type Nullable<T> = { [K in keyof T]: (T[K] extends (infer U)[] | undefined ? (U | null)[] : T[K]) };
type Choice = Omit<OpenAI.CompletionChoice, "finish_reason" | "logprobs"> & {
  finish_reason: OpenAI.CompletionChoice["finish_reason"] | null;
  logprobs: Nullable<NonNullable<OpenAI.CompletionChoice["logprobs"]>> | null;
};
type Completion = Omit<OpenAI.Completion, "choices"> & { choices: Choice[] };`;
/** The events' types with a response that has no `output_text`, which the client adds. */
const EVENT = `type Bare<T> = T extends { response: OpenAI.Responses.Response }
  ? Omit<T, "response"> & { response: Omit<OpenAI.Responses.Response, "output_text"> } : T;
type Event = Bare<OpenAI.Responses.ResponseStreamEvent>;`;

Deno.test("serve: every answer and chunk has the type that the package openai publishes", async () => {
  const lines = [`import type OpenAI from "openai";`, COMPLETION, EVENT];
  for (const [path, body, type] of ANSWERS) {
    const messages = path.includes("chat") ? { messages: [{ role: "user", content: "Hi" }] } : {};
    const response = body === undefined
      ? await server.fetch(path, KEY)
      : await server.post(path, { model: "default-model", ...messages, ...body }, KEY);
    const text = await response.text();
    assertEquals(response.status, 200, text);
    const found = body?.stream
      ? text.split("\n").filter((line) => /^data: \{/.test(line)).map((line) => JSON.parse(line.slice(6)))
      : [path === "/v1/models" ? JSON.parse(text).data : JSON.parse(text)];
    assert(found.length > 0);
    // `satisfies` refuses fields that the type does not know.
    for (const value of distinct(found)) lines.push(`void (${literal(value)} satisfies ${type});`);
  }
  const file = join(FOLDER, `answers_${crypto.randomUUID()}.ts`);
  await Deno.writeTextFile(file, lines.join("\n"));
  await deno(["check", file]).finally(() => Deno.remove(file));
});

/** One event of each shape. */
function distinct(values: readonly Json[]): Json[] {
  const shape = (value: Json): string =>
    JSON.stringify(
      value,
      (_, it) =>
        typeof it === "number" ? 0 : typeof it === "string" && !/^\w+(?:[._]\w+)*$/.test(it) ? "" : it,
    );
  return [
    ...new Map(
      values.map((
        value,
      ) => [shape(value).replace(/"(?:id|text|delta|content|token|item_id)":"[^"]*"/g, ""), value]),
    ).values(),
  ];
}

/** A value in TypeScript; own extensions of ours are taken out where OpenAI's type has no room for them. */
function literal(value: Json): string {
  return JSON.stringify(
    value,
    (key, it) => key === "context_length" || key === "max_model_len" ? undefined : it,
  );
}

Deno.test("serve: the clients' server ends with 0", async () => await server.end());
