import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DataError } from "../../base/errors.ts";
import { defaultsFor } from "./defaults.ts";

/** Defaults of a folder with these two files. */
async function defaults(config: object, generation?: string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify({ model_type: "llama", ...config }));
    if (generation !== undefined) {
      await Deno.writeTextFile(join(folder, "generation_config.json"), generation);
    }
    return await defaultsFor(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("defaultsFor: without generation_config.json, transformers' own and the end tokens of the config", async () => {
  assertEquals(await defaults({ eos_token_id: [7, 9] }), {
    maxNewTokens: 256,
    minNewTokens: 0,
    doSample: true,
    temperature: 0.7,
    topK: 50,
    topP: 1,
    minP: 0,
    repetitionPenalty: 1,
    eosTokenIds: [7, 9],
    seed: 0n,
    stop: [],
  });
  assertEquals((await defaults({ eos_token_id: 5 })).eosTokenIds, [5]);
});

Deno.test("defaultsFor: the fields of generation_config.json", async () => {
  const said = await defaults(
    { eos_token_id: 5 },
    JSON.stringify({
      max_new_tokens: 9,
      do_sample: false,
      temperature: 0.3,
      top_k: 0,
      top_p: 0.5,
      repetition_penalty: 1.1,
      eos_token_id: [1, 2],
      transformers_version: "4.57.6",
    }),
  );
  assertEquals([said.maxNewTokens, said.doSample, said.temperature, said.topK], [9, false, 0.3, 0]);
  assertEquals([said.topP, said.repetitionPenalty, said.eosTokenIds], [0.5, 1.1, [1, 2]]);
});

Deno.test("defaultsFor: rare options, lengths, and explicit nulls", async () => {
  const said = await defaults(
    { eos_token_id: 5 },
    JSON.stringify({
      max_length: 30,
      do_sample: true,
      temperature: 0,
      top_k: null,
      typical_p: 0.5,
      bad_words_ids: [[3]],
      forced_eos_token_id: 4,
      stop_strings: "x",
      no_repeat_ngram_size: 2,
    }),
  );
  assertEquals([said.maxNewTokens, said.maxLength, said.temperature, said.topK], [Infinity, 30, 0, 0]);
  assertEquals([said.typicalP, said.badWordsIds, said.forcedEosTokenId], [0.5, [[3]], [4]]);
  // If generation_config.json exists, it alone defines the end tokens, as in transformers.
  assertEquals([said.stop, said.noRepeatNgramSize, said.eosTokenIds], [["x"], 2, []]);
  assertEquals((await defaults({}, '{"max_length": 20}')).maxNewTokens, 256);
  const both = await defaults({}, '{"max_length": 30, "max_new_tokens": 7}');
  assertEquals([both.maxNewTokens, both.maxLength], [7, undefined]);
  await assertRejects(
    () => defaults({}, '{"penalty_alpha": 2}'),
    DataError,
    "generation_config.json: penalty_alpha: this option is not supported, got 2",
  );
  await assertRejects(() => defaults({}, '{"guidance_scale": 1.5}'), DataError, "guidance_scale");
  const shape = '{"return_dict_in_generate": true, "output_scores": true, "output_attentions": true}';
  assertEquals((await defaults({}, shape)).maxNewTokens, 256);
  assertEquals((await defaults({}, '{"guidance_scale": 1, "own": 3}')).maxNewTokens, 256);
});

Deno.test("defaultsFor: a bad field is named", async () => {
  await assertRejects(() => defaults({}, '{"top_p": 2}'), DataError, "generation_config.json: top_p");
  await assertRejects(() => defaults({}, '{"eos_token_id": "x"}'), DataError, "eos_token_id");
  await assertRejects(() => defaults({}, "[1]"), DataError, "generation_config.json: expected an object");
});
