import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { GenerationConfig } from "./generation_config.ts";

const golden: { fields: Record<string, unknown>; json: Record<string, unknown> }[] = JSON.parse(
  Deno.readTextFileSync(new URL("../../../testdata/golden/generation_config.json", import.meta.url)),
);

Deno.test("GenerationConfig: the whole object is transformers'", () => {
  for (const { fields, json } of golden) {
    // This config does not record its origin.
    const { _from_model_config: _, ...want } = json;
    assertEquals(new GenerationConfig(fields).toJSON(), want);
    assertEquals(GenerationConfig.from(new GenerationConfig(fields)).toJSON(), want);
  }
});

Deno.test("GenerationConfig: fields are properties; stated fields are distinguished from defaults", () => {
  const config = new GenerationConfig({ maxNewTokens: 5, doSample: false, top_p: 0.5 });
  assertEquals([config.maxNewTokens, config.topP, config.topK, config.eosTokenId], [5, 0.5, 50, null]);
  assertEquals(config.changed(), { maxNewTokens: 5, topP: 0.5 });
  assertEquals(config.stated(), { maxNewTokens: 5, doSample: false, topP: 0.5 });
  config.topK = 7;
  config.maxNewTokens = null;
  assertEquals(config.toDiff(), { top_p: 0.5, top_k: 7 });
});

Deno.test("GenerationConfig: a bad field is named as it was given", () => {
  const bad: [Record<string, unknown>, string][] = [
    [{ top_p: 2 }, "GenerationConfig: top_p: expected a finite number of at least 0 and at most 1, got 2"],
    [{ topP: "x" }, 'topP: expected a finite number of at least 0 and at most 1, got "x"'],
    [{ eosTokenId: [1, "a"] }, 'eosTokenId.1: expected an integer from -2147483648 to 2147483647, got "a"'],
    [{ badWordsIds: [[1], []] }, "badWordsIds.1: expected lists of token ids, got a list"],
    [{ badWordsIds: 3 }, "badWordsIds: expected lists of token ids, got 3"],
    [{ sequenceBias: [[[1], "a"]] }, "sequenceBias.0: expected [ids, bias], got a list"],
    [{ sequenceBias: {} }, "sequenceBias: expected a list of [ids, bias], got an object"],
    [{ exponentialDecayLengthPenalty: [1] }, "expected 2 numbers, got 1"],
    [{ exponentialDecayLengthPenalty: [1.5, 2] }, "expected a whole number of tokens first, got 1.5"],
    [{ earlyStopping: "soon" }, 'earlyStopping: expected true or false, got "soon"'],
    [{ stopStrings: [1] }, "stopStrings: expected a list of strings"],
    [{ typicalP: 0 }, "typicalP: expected a finite number above 0 and at most 1, got 0"],
    [{ maxTime: -1 }, "maxTime: expected a finite number of at least 0, got -1"],
    [{ noRepeatNgramSize: -1 }, "noRepeatNgramSize: expected an integer from 0"],
  ];
  for (const [fields, message] of bad) assertThrows(() => new GenerationConfig(fields), Error, message);
});

Deno.test("GenerationConfig.fromPretrained: reads the file of a folder, and reports a missing one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assertRejects(() => GenerationConfig.fromPretrained(folder), EnvironmentError, "no such file");
    const file = join(folder, "generation_config.json");
    await Deno.writeTextFile(file, '{"max_length": 30, "pad_token_id": -1, "eos_token_id": null}');
    const config = await GenerationConfig.fromPretrained(folder);
    assertEquals([config.maxLength, config.padTokenId, config.eosTokenId], [30, -1, null]);
    config.topP = 0.5;
    const copy = join(folder, "new", "copy");
    await config.savePretrained(copy);
    assertEquals((await GenerationConfig.fromPretrained(copy)).toJSON(), config.toJSON());
    await assertRejects(() => config.savePretrained(file), EnvironmentError, "generation_config.json");
    await Deno.writeTextFile(file, '{"max_length": 0}');
    await assertRejects(
      () => GenerationConfig.fromPretrained(folder),
      Error,
      `${file}: max_length: expected`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("GenerationConfig.fromModelConfig: special tokens, and options of old checkpoints", () => {
  const old = LlamaConfig.from({ eos_token_id: -100, pad_token_id: -1, bos_token_id: null });
  assertEquals(GenerationConfig.fromModelConfig(old).toDiff(), { pad_token_id: -1, eos_token_id: -100 });
  const config = LlamaConfig.from({ eos_token_id: [4, 5], pad_token_id: 0, max_length: 40, top_k: 3 });
  assertEquals(GenerationConfig.fromModelConfig(config).toDiff(), {
    max_length: 40,
    top_k: 3,
    pad_token_id: 0,
    bos_token_id: 1,
    eos_token_id: [4, 5],
  });
});
