import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { llama2Json, llama2Model, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import { defaultModelFolder } from "../checkpoint/files/locate.ts";
import { DataError, EnvironmentError } from "../base/errors.ts";
import type { TokenizerFiles } from "./config_types.ts";
import { type LlamaTokenizerFast, loadTokenizer } from "./mod.ts";

type Json = Record<string, unknown>;

const encoder = new TextEncoder();
const NAMES = { bos_token: "<|begin_of_text|>", eos_token: "<|end_of_text|>" };

/** Loads a model folder that holds these files. */
async function load(files: TokenizerFiles, config: Json | null): Promise<LlamaTokenizerFast> {
  const folder = await Deno.makeTempDir();
  try {
    const all = { ...files, "config.json": encoder.encode('{"model_type": "llama"}') };
    delete all["tokenizer_config.json"];
    if (config !== null) all["tokenizer_config.json"] = encoder.encode(JSON.stringify(config));
    for (const [name, bytes] of Object.entries(all)) {
      if (bytes instanceof Uint8Array) await Deno.writeFile(join(folder, name), bytes);
    }
    return await loadTokenizer(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Llama 2's tokenizer.json with one more added token. */
function llama2With(token: Json): TokenizerFiles {
  const json = JSON.parse(new TextDecoder().decode(llama2Json()["tokenizer.json"]));
  json.added_tokens.push(token);
  return { "tokenizer.json": encoder.encode(JSON.stringify(json)) };
}

/** The folder's files, its tokenizer_config.json, a text, and AutoTokenizer's ids. */
const FOLDERS: [string, TokenizerFiles, Json | null, string, number[]][] = [
  [
    "CodeLlama, a hole",
    llama2Json(),
    { tokenizer_class: "CodeLlamaTokenizer" },
    "<FILL_ME> a",
    [1, 32000, 29871, 32002, 263, 32001],
  ],
  [
    "CodeLlama by tokenizer.model alone",
    { "tokenizer.model": llama2Model()["tokenizer.model"] },
    { tokenizer_class: "CodeLlamaTokenizer" },
    "Hello world",
    [1, 15043, 3186],
  ],
  [
    "CodeLlama by tokenizer.model alone, a hole",
    { "tokenizer.model": llama2Model()["tokenizer.model"] },
    { tokenizer_class: "CodeLlamaTokenizerFast", add_eos_token: true },
    "a<FILL_ME>b",
    [1, 32000, 263, 32002, 29890, 32001, 2],
  ],
  ["no class", llama3Json(), { ...NAMES, add_bos_token: false }, "Hello world", [9906, 1917]],
  ["no class", llama3Json(), { ...NAMES, add_eos_token: true }, "Hello world", [128000, 9906, 1917, 128001]],
  [
    "a class that is null",
    llama3Json(),
    { ...NAMES, tokenizer_class: null, add_bos_token: false },
    "Hello world",
    [9906, 1917],
  ],
  [
    "another class",
    llama3Json(),
    { ...NAMES, tokenizer_class: "GemmaTokenizer", add_eos_token: true },
    "Hello world",
    [128000, 9906, 1917, 128001],
  ],
  ["no tokenizer_config.json", llama3Json(), null, "Hello world", [128256, 9906, 1917]],
  [
    "an added token that the vocabulary has under another id",
    llama2With({ id: 32000, content: "▁world", special: false, normalized: false }),
    { tokenizer_class: "LlamaTokenizer" },
    "Hello world",
    [1, 15043, 3186],
  ],
];

for (const [what, files, config, text, ids] of FOLDERS) {
  Deno.test(`${what}: ${JSON.stringify(config)} gives AutoTokenizer's ids`, async () => {
    assertEquals((await load(files, config)).encode(text), ids);
  });
}

Deno.test("a class that the reference does not know is refused, wherever it is named", async () => {
  const files = { "tokenizer.model": llama2Model()["tokenizer.model"] };
  await assertRejects(
    () => load(files, { tokenizer_class: "LLaMATokenizer" }),
    DataError,
    "tokenizer_config.json: tokenizer_class: expected LlamaTokenizer, CodeLlamaTokenizer, ",
  );
});

Deno.test("a hole: tokens, batches, what stays text, and what is refused", async () => {
  const tokenizer = await load(llama2Json(), { tokenizer_class: "CodeLlamaTokenizer" });
  const ids = [1, 32000, 263, 32002, 29890, 32001];
  assertEquals(tokenizer.call("a<FILL_ME>b").inputIds, [ids]);
  assertEquals(tokenizer.call("a", { textPair: "b", addSpecialTokens: false }).inputIds, [ids.slice(1)]);
  assertEquals(tokenizer.encode("a", "b"), ids);
  assertEquals(tokenizer.tokenize("a<FILL_ME>b"), ["▁<PRE>", "▁a", "▁<SUF>", "b", "▁<MID>"]);
  assertEquals(tokenizer.encode("a<FILL_ME>"), [1, 263]);
  // In lists a hole is text; elsewhere it is a hole even if special tokens are text.
  const literal = [1, 263, 29966, 3738, 2208, 29918, 2303, 29958, 29890];
  assertEquals(tokenizer.call(["a<FILL_ME>b"]).inputIds, [literal]);
  assertEquals(tokenizer.encode("a<FILL_ME>b", { parseSpecial: false }), ids);
  assertEquals(tokenizer.encode("a", "b", { parseSpecial: false }), ids);
  assertThrows(
    () => tokenizer.encode("<FILL_ME><FILL_ME>"),
    DataError,
    'text: expected one "<FILL_ME>", got 2',
  );
  const none = await load(llama2Json(), { tokenizer_class: "CodeLlamaTokenizer", middle_token: null });
  assertEquals(none.encode("a"), [1, 263]);
  assertThrows(
    () => none.encode("a<FILL_ME>b"),
    DataError,
    "tokenizer_config.json: middle_token: expected a token",
  );
});

Deno.test("a tokenizer is looked for where models are: in a folder, or beside a .safetensors file", async () => {
  const folder = defaultModelFolder();
  const [first, second] = [await loadTokenizer(folder), await loadTokenizer(`${folder}/model.safetensors`)];
  assertEquals(first.encode("Plants create"), second.encode("Plants create"));
  await assertRejects(() => loadTokenizer(`${folder}/nothing`), EnvironmentError, "/nothing");
  await assertRejects(() => loadTokenizer(`${folder}/config.json`), DataError, "expected a folder");
});

Deno.test("anything but a plain file is refused, and a folder without a tokenizer reports the missing files", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assertRejects(
      () => loadTokenizer(folder),
      DataError,
      "tokenizer.json or tokenizer.model, got neither",
    );
    await Deno.mkdir(`${folder}/tokenizer.json`);
    await assertRejects(() => loadTokenizer(folder), DataError, "expected a file, got a folder");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
