import { assertEquals } from "@std/assert";
import { defaultModelFolder } from "../checkpoint/files/locate.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { TextStreamer } from "./streamer.ts";

const tokenizer = await LlamaTokenizerFast.fromPretrained(defaultModelFolder());
const prompt = tokenizer.encode("Once upon a time");
const answer = tokenizer.encode(" there was — a café.", { addSpecialTokens: false });

/** Pieces written by a streamer with these options. */
function written(options: ConstructorParameters<typeof TextStreamer>[2], times = 1): [string, boolean][] {
  const pieces: [string, boolean][] = [];
  const streamer = new TextStreamer(tokenizer, (text, isEnd) => pieces.push([text, isEnd]), options);
  for (let time = 0; time < times; time++) {
    streamer.put(prompt);
    for (const token of answer) streamer.put([token]);
    streamer.end();
  }
  return pieces;
}

Deno.test("TextStreamer: all text, in pieces, one end", () => {
  const pieces = written({});
  assertEquals(pieces.map(([text]) => text).join(""), tokenizer.decode([...prompt, ...answer]));
  assertEquals(pieces.filter(([, isEnd]) => isEnd).length, 1);
  assertEquals(pieces.at(-1)?.[1], true);
  assertEquals(pieces.slice(0, -1).every(([text]) => text !== "" && text.isWellFormed()), true);
});

Deno.test("TextStreamer: without the prompt, without special tokens, twice", () => {
  const all = tokenizer.decode([...prompt, ...answer], { skipSpecialTokens: true });
  const start = tokenizer.decode(prompt, { skipSpecialTokens: true });
  const text = (...args: Parameters<typeof written>) => written(...args).map(([piece]) => piece).join("");
  assertEquals(text({ skipPrompt: true, skipSpecialTokens: true }), all.slice(start.length));
  assertEquals(text({ skipPrompt: true, skipSpecialTokens: true }, 2), all.slice(start.length).repeat(2));
  assertEquals(text({ skipSpecialTokens: true }), all);
});
