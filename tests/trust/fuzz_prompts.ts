import { FakeIo } from "../support/cli.ts";
import { readPrompts } from "../../src/cli/shared/input.ts";
import { readRunRecord } from "../../src/cli/shared/record.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutated } from "./fuzz_checkpoints.ts";
import { mutateBytes } from "./mutate_bytes.ts";
import { Random } from "../../src/base/random.ts";

const MESSAGES = [{ role: "user", content: "Hi" }];
const BODY = { messages: MESSAGES };

/** A record, before it is mutated: a prompt, a conversation, or a line of an OpenAI batch file. */
function recordOf(random: Random, id: number): unknown {
  const options = {
    ...{ id, max_new_tokens: 4, temperature: 0.5, top_p: 0.9, raw: true },
    seed: random.of<unknown>([1, 2n ** 63n]),
    stop: ["\n", "x"],
  };
  return random.of<unknown>([
    { prompt: random.of<unknown>(["Hello", "é😀", [1, 2, 3], ""]), ...options },
    { messages: MESSAGES, tools: [{}], chat_template_kwargs: {}, continue_final_message: false, ...options },
    { custom_id: "a", method: "POST", url: "/v1/chat/completions", body: BODY },
  ]);
}

/** Records of `--jsonl`: a few lines that arrive in pieces of any size. */
export const recordsTarget: FuzzTarget = {
  name: "records",
  make(random) {
    const lines = random.some(0, 5, (i) => mutated(random, recordOf(random, i)));
    const bytes = new TextEncoder().encode(lines.join(random.of(["\n", "\r\n", "\n\n"])));
    return random.once(3) ? mutateBytes(random, bytes) : bytes;
  },
  async read(input) {
    const random = new Random(input.length);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < input.length;) {
      const length = 1 + random.below(40);
      chunks.push(input.subarray(at, at += length));
    }
    let refusal: Error | undefined;
    const items = readPrompts({ jsonl: true }, [], new FakeIo(chunks), readRunRecord);
    for await (const { error } of items) refusal ??= error;
    if (refusal) throw refusal;
  },
};
