import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { gunzip, llama2Json, llama2Model, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import { DataError, EnvironmentError } from "../base/errors.ts";
import { readTokenizerConfig } from "./config.ts";
import type { TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { LlamaTokenizer, loadTokenizer } from "./mod.ts";

const fast = (files: TokenizerFiles, options: TokenizerOptions = {}) =>
  new LlamaTokenizerFast(fastParts(files, options));
const slow = (files: TokenizerFiles, options: TokenizerOptions = {}) =>
  new LlamaTokenizer(files, readTokenizerConfig(files, options));
const encoder = new TextEncoder();
const modelOnly: TokenizerFiles = { "tokenizer.model": llama2Model()["tokenizer.model"] };

Deno.test("the documentation page's own ids", () => {
  const page = [1, 15043, 445, 338, 263, 1243];
  for (const legacy of [true, false]) {
    const answer = [1, 15043, 29871, 1, legacy ? 869 : 29889];
    for (const tokenizer of [slow(modelOnly, { legacy }), fast(modelOnly, { legacy })]) {
      assertEquals(tokenizer.encode("Hello this is a test"), page);
      assertEquals(tokenizer.encode("Hello <s>."), answer);
    }
  }
  assertEquals(fast(llama2Json()).encode("Hello this is a test"), page);
  assertEquals(fast(llama3Json()).encode("Hello this is a test"), [128000, 9906, 420, 374, 264, 1296]);
});

Deno.test("both read the same folder, and saveVocabulary writes tokenizer.model byte for byte", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = modelOnly["tokenizer.model"] as Uint8Array;
    await Deno.writeFile(`${folder}/tokenizer.model`, bytes);
    for (const tokenizer of [await loadTokenizer(folder), await LlamaTokenizer.fromPretrained(folder)]) {
      assertEquals(await tokenizer.saveVocabulary(folder, "x"), [`${folder}/x-tokenizer.model`]);
      assertEquals(await tokenizer.saveVocabulary(`${folder}/new`), [`${folder}/new/tokenizer.model`]);
      await assertRejects(() => tokenizer.saveVocabulary(`${folder}/x-tokenizer.model`), EnvironmentError);
      assertEquals(await Deno.readFile(`${folder}/x-tokenizer.model`), bytes);
    }
    await Deno.writeFile(`${folder}/tokenizer.json`, llama2Json()["tokenizer.json"] as Uint8Array);
    const fromJson = await loadTokenizer(folder);
    assertEquals(fromJson.encode("Hello <s>."), [1, 15043, 29871, 1, 869]);
    const rebuilt = await LlamaTokenizerFast.fromPretrained(folder, { legacy: false, fromSlow: true });
    assertEquals(rebuilt.encode("Hello <s>."), [1, 15043, 29871, 1, 29889]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  await assertRejects(() => fast(llama2Json()).saveVocabulary("."), DataError, "tokenizer.model");
});

Deno.test("a hub id is found in the cache, a folder of that name first", async () => {
  const cache = await Deno.makeTempDir();
  const before = Deno.env.get("HF_HUB_CACHE");
  Deno.env.set("HF_HUB_CACHE", cache);
  try {
    const folder = `${cache}/models--owner--name`;
    await Deno.mkdir(`${folder}/snapshots/abc`, { recursive: true });
    await Deno.mkdir(`${folder}/refs`);
    await Deno.writeTextFile(`${folder}/refs/main`, "abc");
    await Deno.writeFile(`${folder}/snapshots/abc/tokenizer.model`, llama2Model()["tokenizer.model"]!);
    for (const type of [LlamaTokenizer, LlamaTokenizerFast]) {
      const tokenizer = await type.fromPretrained("owner/name");
      assertEquals(tokenizer.encode("Hello this is a test"), [1, 15043, 445, 338, 263, 1243]);
      await assertRejects(() => type.fromPretrained("owner/other"), EnvironmentError, "owner/other");
    }
  } finally {
    if (before === undefined) Deno.env.delete("HF_HUB_CACHE");
    else Deno.env.set("HF_HUB_CACHE", before);
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("special tokens: ids, sequences, masks, types", () => {
  for (const tokenizer of [slow(modelOnly), fast(modelOnly)]) {
    assertEquals([tokenizer.bosTokenId, tokenizer.eosTokenId, tokenizer.unkTokenId, tokenizer.padTokenId], [
      1,
      2,
      0,
      undefined,
    ]);
    assertEquals([tokenizer.vocabSize, tokenizer.length], [32000, 32000]);
    assertEquals(tokenizer.buildInputsWithSpecialTokens([5, 6], [7]), [1, 5, 6, 1, 7]);
    assertEquals(tokenizer.getSpecialTokensMask([5, 6], [7]), [1, 0, 0, 1, 0]);
    assertEquals(tokenizer.getSpecialTokensMask([1, 5, 2], null, true), [1, 0, 1]);
    assertEquals(tokenizer.encode("a", "b"), [1, 263, 1, 289]);
    assertEquals(tokenizer.encode("a", { addSpecialTokens: false }), [263]);
    tokenizer.addEosToken = true;
    tokenizer.addBosToken = false;
    if (tokenizer instanceof LlamaTokenizerFast) tokenizer.updatePostProcessor();
    assertEquals(tokenizer.encode("a", "b"), [263, 2, 289, 2]);
  }
  assertEquals(slow(modelOnly).createTokenTypeIdsFromSequences([5, 6], [7]), [0, 0, 0, 1, 1]);
  assertEquals(fast(modelOnly).createTokenTypeIdsFromSequences([5, 6], [7]), [0, 0, 1]);
});

Deno.test("tokens: to ids and back, the unknown ones, ids outside", () => {
  for (const tokenizer of [slow(modelOnly), fast(modelOnly)]) {
    assertEquals(tokenizer.tokenize("Hello wörld</s>"), ["▁Hello", "▁w", "ör", "ld", "</s>"]);
    assertEquals(tokenizer.convertTokensToIds(["▁Hello", "no such token", "</s>"]), [15043, 0, 2]);
    assertEquals(tokenizer.convertTokensToIds("▁Hello"), 15043);
    assertEquals(tokenizer.convertIdsToTokens([1, 15043]), ["<s>", "▁Hello"]);
    assertEquals(tokenizer.convertIdsToTokens([1, 15043], { skipSpecialTokens: true }), ["▁Hello"]);
    assertThrows(() => tokenizer.convertIdsToTokens(32000), DataError, "32000");
    assertEquals(tokenizer.decode(15043), "Hello");
    assertEquals(tokenizer.decode([]), "");
  }
});

Deno.test("special-token text is a token unless it is to stay text", () => {
  for (const tokenizer of [slow(modelOnly), fast(modelOnly), fast(llama2Json())]) {
    const literal = tokenizer.encode("a</s>b<s>", { parseSpecial: false });
    assertEquals(literal.filter((id) => id < 3), [1]);
    assertEquals(tokenizer.decode(literal, { skipSpecialTokens: true }), "a</s>b<s>");
    assertEquals(tokenizer.encode("a</s>b<s>").filter((id) => id < 3), [1, 2, 1]);
    assertEquals(
      slow(modelOnly, { splitSpecialTokens: true }).encode("a</s>"),
      tokenizer.encode("a</s>", { parseSpecial: false }),
    );
  }
  const llama3 = fast(llama3Json());
  const literal = llama3.encode("<|eot_id|>", { parseSpecial: false });
  assert(literal.length > 2 && literal.slice(1).every((id) => id < 128000));
});

Deno.test("files' precedence: options, tokenizer_config.json, special_tokens_map.json, added_tokens.json", () => {
  const json = (value: unknown) => encoder.encode(JSON.stringify(value));
  const files: TokenizerFiles = {
    ...modelOnly,
    "tokenizer_config.json": json({ bos_token: "<a>", eos_token: "<b>", add_eos_token: true }),
    "special_tokens_map.json": json({ eos_token: { content: "</s>" }, pad_token: "<pad>" }),
    "added_tokens.json": json({ "<pad>": 32000, "<x>": 32001 }),
  };
  for (const tokenizer of [slow(files), fast(files)]) {
    assertEquals([tokenizer.bosToken, tokenizer.eosToken, tokenizer.padToken], ["<a>", "</s>", "<pad>"]);
    assertEquals([tokenizer.padTokenId, tokenizer.convertTokensToIds("<x>"), tokenizer.bosTokenId], [
      32000,
      32001,
      32002,
    ]);
    assertEquals(tokenizer.encode("<x>", { addSpecialTokens: false }), [32001]);
    assert(tokenizer.addEosToken);
  }
  assertEquals(fast(files, { bosToken: "<s>", addEosToken: false }).encode("a"), [1, 263]);
  // added_tokens_decoder makes transformers ignore special_tokens_map.json.
  files["tokenizer_config.json"] = json({ added_tokens_decoder: { "1": { content: "<s>", special: true } } });
  assertEquals(slow(files).padToken, undefined);
});

Deno.test("added tokens: the slow tokenizer strips and gives up as transformers does", () => {
  const tokenizer = slow(modelOnly, { legacy: false });
  const flags = { special: false, lstrip: false, rstrip: false, singleWord: false, normalized: false };
  assertEquals(
    tokenizer.addTokens([{ ...flags, content: "<L>", lstrip: true }, {
      ...flags,
      content: "<R>",
      rstrip: true,
    }]),
    2,
  );
  assertEquals(tokenizer.addTokens([{ ...flags, content: "<W>", singleWord: true }]), 1);
  assertEquals(tokenizer.tokenize("a  <L> b<R>  c"), ["▁a", "<L>", "▁b", "<R>", "c"]);
  assertEquals(tokenizer.tokenize("a <W> b").includes("<W>"), true);
  assertEquals(tokenizer.tokenize("a<W> b").includes("<W>"), false);
});

Deno.test("sampling: a seed repeats itself, samples differ, and every sample reads back", async () => {
  const unigram: TokenizerFiles = { "tokenizer.model": await gunzip("unigram.model.gz") };
  const text = "The tokenizer is a byte-pair encoding model";
  for (const [files, nbestSize] of [[modelOnly, -1], [unigram, -1], [unigram, 16]] as const) {
    const make = (seed: number) =>
      slow(files, { spModelKwargs: { enableSampling: true, nbestSize, alpha: 0.3, seed } });
    const [first, again] = [make(5), make(5)];
    const samples = Array.from({ length: 20 }, () => first.encode(text));
    assertEquals(samples, Array.from({ length: 20 }, () => again.encode(text)));
    assert(new Set(samples.map(String)).size > 3);
    for (const ids of samples) assertEquals(first.decode(ids, { skipSpecialTokens: true }), text);
    const other = make(6);
    assertNotEquals(samples, Array.from({ length: 20 }, () => other.encode(text)));
  }
});

Deno.test("unigram: a user-defined piece gains a little with its length, as in the reference", async () => {
  const tokenizer = slow({ "tokenizer.model": await gunzip("unigram.model.gz") });
  assertEquals(tokenizer.encode("a user"), [1, 313, 263, 5]);
});

Deno.test("unigram: sums round as in the reference, which counts anew now and then in a long text", async () => {
  const tokenizer = slow({ "tokenizer.model": await gunzip("unigram.model.gz") });
  assertEquals(
    tokenizer.tokenize("'lllittle,"),
    ["▁'", "ll", "l", "i", "t", "tl", "e", ","],
    "a tie but for rounding",
  );
  const words = tokenizer.encode(" spirit of the whole family", { addSpecialTokens: false });
  const long = tokenizer.encode("spirit of the whole family ".repeat(6000), { addSpecialTokens: false });
  assertEquals(long.slice(-words.length), words);
});

Deno.test("clean-up of blanks, and blanks around added tokens", () => {
  const tokenizer = slow(modelOnly);
  const ids = tokenizer.encode("you do n't , I 'm");
  assertEquals(
    tokenizer.decode(ids, { skipSpecialTokens: true, cleanUpTokenizationSpaces: true }),
    "you don't, I'm",
  );
  tokenizer.addTokens(["<x>"]);
  const added = tokenizer.encode("a<x>b", { addSpecialTokens: false });
  assertEquals(tokenizer.decode(added), "a <x> b");
  assertEquals(tokenizer.decode(added, { spacesBetweenSpecialTokens: false }), "a<x>b");
});

Deno.test("a word of a megabyte and a text of a megabyte take time in proportion", () => {
  for (const tokenizer of [fast(llama2Json()), fast(llama3Json()), slow(modelOnly)]) {
    const start = performance.now();
    const word = "abcdefghij".repeat(tokenizer instanceof LlamaTokenizer ? 20_000 : 100_000);
    assertEquals(tokenizer.decode(tokenizer.encode(word), { skipSpecialTokens: true }), word);
    const spaces = " ".repeat(100_000);
    tokenizer.encode(spaces);
    tokenizer.encode("The quick brown fox jumps over the lazy dog. ".repeat(20_000));
    assert(performance.now() - start < 20_000);
  }
});
