import { assertEquals } from "@std/assert";
import { OFF } from "../../generate/options/table.ts";
import type { GenerationOptions } from "../../generate/options/types.ts";
import { Continuation, type ContinuationSetup } from "./continuation.ts";
import { TextStream } from "../../tokenizer/text_stream.ts";

const PIECES = [" one", " two", " STOP", "\n", ""];
const OPTIONS: GenerationOptions = {
  ...OFF,
  maxNewTokens: 8,
  eosTokenIds: [4],
  seed: 18446744073709551615n,
};

function start(
  setup: Partial<ContinuationSetup>,
  stops: string[] = [],
): { text(): string; it: Continuation } {
  let written = "";
  const decoder = { push: (ids: number[]) => ids.map((id) => PIECES[id]).join(""), flush: () => "" };
  const it = new Continuation({
    item: { index: 3, id: "x", where: "stdin", prompt: "p", options: {} },
    promptIds: [1, 2],
    options: OPTIONS,
    stream: new TextStream(decoder, stops),
    slot: { write: (text) => written += text, close: () => written += "|" },
    json: false,
    echo: "",
    loadMs: 5,
    ...setup,
  });
  return { it, text: () => written };
}

Deno.test("text is written as it comes and ends in one newline", () => {
  const { it, text } = start({ echo: "p" });
  assertEquals(it.accept({ index: 0, tokens: [0] }), false);
  assertEquals(text(), "p one");
  it.accept({ index: 0, tokens: [1, 4], finishReason: "stop" });
  assertEquals([text(), it.finished], ["p one two\n|", true]);
});

Deno.test("a text that ends in a newline gets no second one, an empty text one", () => {
  const newline = start({});
  newline.it.accept({ index: 0, tokens: [0, 3, 4], finishReason: "stop" });
  assertEquals(newline.text(), " one\n|");
  const empty = start({});
  empty.it.accept({ index: 0, tokens: [4], finishReason: "stop" });
  assertEquals(empty.text(), "\n|");
});

Deno.test("a stop string ends the text, and asks the session to end the request", () => {
  const { it, text } = start({ json: true }, [" STOP"]);
  assertEquals(it.accept({ index: 0, tokens: [0, 2, 1] }), true);
  assertEquals(it.accept({ index: 0, tokens: [1] }), true);
  const timings = { promptMs: 4, generateMs: 8 };
  assertEquals(it.accept({ index: 0, tokens: [], finishReason: "length", timings }), false);
  const object = JSON.parse(text().replace("|", ""));
  assertEquals([object.text, object.tokens, object.finish_reason], [" one", [0, 2], "stop"]);
});

Deno.test("an object holds what the contract lists", () => {
  const { it, text } = start({ json: true, options: { ...OPTIONS, logprobs: 1 } });
  const logprobs = [{ token: 0, logprob: -0.5, top: [[0, -0.5]] as [number, number][] }];
  it.accept({ index: 0, tokens: [0], logprobs });
  it.accept({ index: 0, tokens: [], finishReason: "length", timings: { promptMs: 4, generateMs: 8 } });
  assertEquals(
    text(),
    '{"index":3,"id":"x","prompt":"p","text":" one","tokens":[0],"finish_reason":"length",' +
      '"seed":18446744073709551615,"usage":{"prompt_tokens":2,"completion_tokens":1},' +
      '"timings":{"load_ms":5,"prompt_ms":4,"generate_ms":8,"prompt_tokens_per_second":500,"tokens_per_second":125},' +
      '"logprobs":[{"token":0,"logprob":-0.5,"top":[[0,-0.5]]}]}\n|',
  );
});

Deno.test("without a tokenizer the text is null", () => {
  const { it, text } = start({ json: true, stream: undefined });
  it.accept({ index: 0, tokens: [0, 1], finishReason: "length" });
  const object = JSON.parse(text().replace("|", ""));
  assertEquals([object.text, object.tokens], [null, [0, 1]]);
});
