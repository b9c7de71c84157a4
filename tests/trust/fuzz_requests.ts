import { DataError } from "../../src/base/errors.ts";
import type { Random } from "../../src/base/random.ts";
import { post } from "../support/served.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutated } from "./fuzz_checkpoints.ts";
import { mutateBytes } from "./mutate_bytes.ts";

const MESSAGES = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "é😀" }] },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "c", content: "1" },
];
const TOOL = { type: "function", function: { name: "f", description: "d", parameters: { type: "object" } } };
const SAMPLING = {
  temperature: 0.5,
  top_p: 0.9,
  n: 2,
  seed: 7,
  stop: ["\n"],
  logit_bias: { "5": 1 },
  stream: false,
};

/** Good bodies by path. */
const BODIES: readonly (readonly [path: string, body: object])[] = [
  ["/v1/completions", { prompt: ["a", [1, 2]], max_tokens: 4, logprobs: 2, best_of: 2, ...SAMPLING }],
  ["/v1/chat/completions", {
    messages: MESSAGES,
    tools: [TOOL],
    tool_choice: "none",
    logprobs: true,
    top_logprobs: 1,
    ...SAMPLING,
  }],
  ["/v1/chat/completions", {
    messages: MESSAGES,
    response_format: { type: "text" },
    stream: true,
    stream_options: { include_usage: true },
  }],
  ["/v1/chat/completions", {
    messages: MESSAGES,
    tools: [TOOL],
    tool_choice: { type: "function", function: { name: "f" } },
    parallel_tool_calls: false,
    response_format: { type: "json_schema", json_schema: { schema: { enum: [1, "a"] }, strict: true } },
  }],
  ["/v1/completions", { prompt: "a", regex: "(a|b)+c{2}" }],
  ["/v1/responses", {
    input: [{ type: "message", role: "user", content: "a" }, {
      type: "function_call_output",
      call_id: "c",
      output: "x",
    }],
    instructions: "b",
    include: [],
  }],
  ["/v1/messages", {
    max_tokens: 4,
    system: [{ type: "text", text: "a" }],
    messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "c", content: "x" }] }],
  }],
  ["/tokenize", { content: "a é", add_special: true, with_pieces: true }],
  ["/detokenize", { tokens: [1, 2, 300] }],
];

/** Bodies of requests; the first byte chooses the endpoint. */
export const requestsTarget: FuzzTarget = {
  name: "requests",
  make(random: Random) {
    const at = random.below(BODIES.length);
    const text = new TextEncoder().encode(mutated(random, BODIES[at][1]));
    const body = random.once(3) ? mutateBytes(random, text) : text;
    return Uint8Array.of(at, ...body);
  },
  async read(input) {
    const [path] = BODIES[input[0] % BODIES.length];
    const answer = await post(path, input.slice(1));
    if (typeof answer !== "number") throw new DataError(answer.message);
  },
};
