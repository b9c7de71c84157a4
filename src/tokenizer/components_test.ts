import { assertEquals } from "@std/assert";
import { gunzip } from "../../testdata/tokenizer/vocabularies.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { protoFields } from "./text/protobuf.ts";
import { readSentencePiece } from "./sentencepiece/sentencepiece_file.ts";

interface Case {
  name: string;
  base: string;
  sections: Record<string, unknown>;
  ids: number[][];
  /** null: equals the input text. */
  decoded: (string | null)[];
}

const golden = JSON.parse(new TextDecoder().decode(await gunzip("components.json.gz"))) as {
  texts: string[];
  models: Record<string, unknown>;
  cases: Case[];
};

/** The unigram model file as tokenizer.json's model, and its charsmap in base64. */
async function unigram(): Promise<{ model: unknown; charsmap: string }> {
  const bytes = await gunzip("unigram.model.gz");
  const { pieces } = readSentencePiece(bytes, "unigram.model");
  const vocab = pieces.map((piece) => [piece.text, piece.score]);
  let charsmap = "";
  for (const field of protoFields(bytes, "unigram.model")) {
    if (field.number !== 3 || field.kind !== "bytes") continue;
    for (const inner of protoFields(field.value, "unigram.model")) {
      if (inner.number !== 2 || inner.kind !== "bytes") continue;
      charsmap = btoa(Array.from(inner.value, (byte) => String.fromCharCode(byte)).join(""));
    }
  }
  return { model: { type: "Unigram", unk_id: 0, byte_fallback: true, vocab }, charsmap };
}

const { model, charsmap } = await unigram();
golden.models.unigram = model;
// The tokenizers library reads add_prefix_space only from tokenizer.json.
const config = new TextEncoder().encode(
  '{"tokenizer_class":"PreTrainedTokenizerFast","add_prefix_space":null}',
);

for (const { name, base, sections, ids, decoded } of golden.cases) {
  Deno.test(`tokenizer.json, ${name}: as the tokenizers library`, () => {
    const text = JSON.stringify({ ...sections, model: golden.models[base] }).replace("CHARSMAP", charsmap);
    const files = { "tokenizer.json": new TextEncoder().encode(text), "tokenizer_config.json": config };
    const tokenizer = new LlamaTokenizerFast(fastParts(files));
    golden.texts.forEach((input, k) => {
      assertEquals(tokenizer.encode(input).join(), ids[k].join(), JSON.stringify(input));
      assertEquals(
        tokenizer.call(input).inputIds[0].join(),
        ids[k].join(),
        `with offsets: ${JSON.stringify(input)}`,
      );
      assertEquals(tokenizer.decode(ids[k]), decoded[k] ?? input);
    });
  });
}
