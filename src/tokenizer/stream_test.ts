import { assert, assertEquals } from "@std/assert";
import { llama2Json, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { seededRandom } from "./text/random.ts";
import { StreamDecoder } from "./stream.ts";

const tokenizers: [string, LlamaTokenizerFast][] = [
  ["llama 2", new LlamaTokenizerFast(fastParts(llama2Json()))],
  ["llama 3", new LlamaTokenizerFast(fastParts(llama3Json()))],
];

const text =
  "Hello wörld 👩‍👩‍👧 don 't you . I 've 你好 🦙🦙🦙 ok ' a b\n\n  x , e\u0301 नमस्ते n't ! ? 're \u0000 ̈end ";

/** Feeds ids in chunks; checks that no result ends in half a character. */
function streamed(
  tokenizer: LlamaTokenizerFast,
  prompt: number[],
  ids: number[],
  step: number,
  clean: boolean,
): string {
  const decoder = new StreamDecoder(tokenizer, { prompt, cleanUpTokenizationSpaces: clean });
  let out = "";
  for (let at = 0; at < ids.length; at += step) {
    const piece = decoder.push(ids.slice(at, at + step));
    assert(piece.isWellFormed());
    out += piece;
  }
  return out + decoder.flush();
}

function expected(tokenizer: LlamaTokenizerFast, prompt: number[], ids: number[], clean: boolean): string {
  const options = { skipSpecialTokens: true, cleanUpTokenizationSpaces: clean };
  const skipped = Array.from(tokenizer.decode(prompt, options)).length;
  return Array.from(tokenizer.decode([...prompt, ...ids], options)).slice(skipped).join("");
}

for (const [name, tokenizer] of tokenizers) {
  Deno.test(`${name}: streaming equals decoding at once, for every split of the text`, () => {
    const ids = tokenizer.encode(text);
    for (let at = 0; at <= ids.length; at++) {
      for (const step of [1, 2, 5]) {
        for (const clean of [false, true]) {
          const [prompt, rest] = [ids.slice(0, at), ids.slice(at)];
          assertEquals(
            streamed(tokenizer, prompt, rest, step, clean),
            expected(tokenizer, prompt, rest, clean),
          );
        }
      }
    }
  });

  Deno.test(`${name}: streaming equals decoding at once, for random ids (broken bytes, special tokens)`, () => {
    const random = seededRandom(7);
    for (let round = 0; round < 60; round++) {
      const bytes = Array.from(
        { length: 300 },
        () => Math.floor(random() * (random() < 0.6 ? 300 : tokenizer.length)),
      );
      const prompt = bytes.slice(0, Math.floor(random() * 20));
      const rest = bytes.slice(20);
      const step = 1 + Math.floor(random() * 4);
      const clean = round % 2 === 0;
      assertEquals(streamed(tokenizer, prompt, rest, step, clean), expected(tokenizer, prompt, rest, clean));
    }
  });

  Deno.test(`${name}: a new word keeps its space, and is returned at once`, () => {
    const prompt = tokenizer.encode("Hello");
    const decoder = new StreamDecoder(tokenizer, { prompt, cleanUpTokenizationSpaces: false });
    const [next] = tokenizer.convertTokensToIds([name === "llama 2" ? "▁world" : "Ġworld"]);
    assertEquals(decoder.push([next]), " world");
    assertEquals(decoder.flush(), "");
  });
}

Deno.test("streaming time does not grow with what came before", () => {
  const [, tokenizer] = tokenizers[1];
  const ids = tokenizer.encode("word and word ".repeat(20_000));
  const start = performance.now();
  const decoder = new StreamDecoder(tokenizer, { prompt: ids });
  for (const id of ids.slice(0, 5_000)) decoder.push([id]);
  assert(performance.now() - start < 5_000);
});
