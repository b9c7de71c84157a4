import { assertEquals } from "@std/assert";
import { gunzip, llama2Json, llama2Model, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import { readTokenizerConfig, type TokenizerFiles, type TokenizerOptions } from "./config.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { LlamaTokenizer } from "./slow.ts";

interface Kind {
  like: string | null;
  /** Differences of ids; null: as in `like`. */
  ids: (number[] | null)[];
  decoded: (string | null)[];
  skipped: (string | null)[];
}

const golden = JSON.parse(new TextDecoder().decode(await gunzip("golden.json.gz"))) as {
  texts: string[];
  kinds: Record<string, Kind>;
};

function fast(files: TokenizerFiles, options: TokenizerOptions = {}): LlamaTokenizerFast {
  return new LlamaTokenizerFast(fastParts(files, options));
}

function slow(files: TokenizerFiles, legacy: boolean): LlamaTokenizer {
  return new LlamaTokenizer(files, readTokenizerConfig(files, { legacy }));
}

async function unigram(): Promise<TokenizerFiles> {
  return { "tokenizer.model": await gunzip("unigram.model.gz") };
}

const makers: Record<
  string,
  () => Promise<LlamaTokenizer | LlamaTokenizerFast> | LlamaTokenizer | LlamaTokenizerFast
> = {
  "llama2-fast": () => fast(llama2Json()),
  "llama2-fast-new": () => fast(llama2Model(), { legacy: false }),
  "llama2-slow": () => slow(llama2Model(), true),
  "llama2-slow-new": () => slow(llama2Model(), false),
  "llama3": () => fast(llama3Json()),
  "unigram-slow": async () => slow(await unigram(), true),
  "unigram-slow-new": async () => slow(await unigram(), false),
};

/** The recorded ids and decoded texts of a kind, unfolded. */
function rowsOf(name: string): { ids: number[][]; decoded: string[]; skipped: string[] } {
  const kind = golden.kinds[name];
  const like = kind.like === null ? undefined : rowsOf(kind.like);
  const skipped = kind.skipped.map((text, k) => text ?? golden.texts[k]);
  const bos = name === "llama3" ? "<|begin_of_text|>" : "<s>";
  const ids = kind.ids.map((row, k) => {
    let id = 0;
    return row?.map((step) => id += step) ?? like?.ids[k] ?? [];
  });
  return {
    ids,
    skipped,
    decoded: kind.decoded.map((text, k) => text ?? like?.decoded[k] ?? bos + skipped[k]),
  };
}

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`${name}: ${golden.texts.length} hard strings encode and decode as in Python`, async () => {
    const tokenizer = await make();
    const rows = rowsOf(name);
    golden.texts.forEach((text, k) => {
      // Joined, since comparing 5,000 arrays one number at a time takes longer than all the rest.
      assertEquals(tokenizer.encode(text).join(), rows.ids[k].join(), `ids of ${JSON.stringify(text)}`);
      assertEquals(tokenizer.decode(rows.ids[k]), rows.decoded[k]);
      assertEquals(tokenizer.decode(rows.ids[k], { skipSpecialTokens: true }), rows.skipped[k]);
    });
  });
}

Deno.test("a tokenizer.model converts to the tokenizer.json that transformers saves", () => {
  const files = llama2Model();
  delete files["tokenizer_config.json"];
  const converted = fast(files);
  const rows = rowsOf("llama2-fast");
  golden.texts.slice(0, 1000).forEach((text, k) =>
    assertEquals(converted.encode(text).join(), rows.ids[k].join(), text)
  );
});
