/**
 * The real Llama vocabularies as tokenizer files, rebuilt in memory from two npm packages. The golden answers are
 * transformers' for the same files built with Python.
 */
import llama from "llama-tokenizer-js";
import llama3 from "llama3-tokenizer-js";
import type { TokenizerFiles } from "../../src/tokenizer/config_types.ts";

/** State of the packages after they have encoded something. */
interface Package {
  encode(text: string): number[];
  vocabById: string[];
  merges: Map<string, unknown>;
}

const encoder = new TextEncoder();
/** Reads a committed compressed file. */
export async function gunzip(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await Deno.open(new URL(name, import.meta.url));
  return new Uint8Array(
    await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer(),
  );
}

/** A protobuf varint. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push(value % 128 | 0x80);
  return [...bytes, value];
}

/** A protobuf field of bytes. */
export function bytesField(number: number, content: Iterable<number>): number[] {
  const bytes = [...content];
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A protobuf field of an integer. */
export function intField(number: number, value: number): number[] {
  return [...varint(number * 8), ...varint(value)];
}

/** One entry of a SentencePiece model. */
export function pieceField(text: string | Uint8Array, score: number, type: number): number[] {
  const float = [...new Uint8Array(Float32Array.of(score).buffer)];
  const name = typeof text === "string" ? encoder.encode(text) : text;
  return bytesField(1, [...bytesField(1, name), 2 * 8 + 5, ...float, ...intField(3, type)]);
}

/** Builds files once; each caller gets its own copy of the record. */
function once(build: () => TokenizerFiles): () => TokenizerFiles {
  let files: TokenizerFiles | undefined;
  return () => ({ ...(files ??= build()) });
}

function vocabulary(source: unknown): Package {
  const loaded = source as Package;
  loaded.encode("x");
  return loaded;
}

/** Llama 2: tokenizer.model and its tokenizer_config.json. */
export const llama2Model = once(() => {
  const { vocabById } = vocabulary(llama);
  const bytes: number[] = [];
  vocabById.forEach((piece, id) => {
    const type = id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1;
    for (const byte of pieceField(piece, id < 259 ? 0 : -(id - 259), type)) bytes.push(byte);
  });
  const trainer = [...intField(3, 2), ...intField(4, vocabById.length), ...intField(35, 1)];
  const normalizer = [...intField(3, 1), ...intField(4, 0), ...intField(5, 1)];
  bytes.push(...bytesField(2, trainer), ...bytesField(3, normalizer));
  const config = {
    tokenizer_class: "LlamaTokenizer",
    add_bos_token: true,
    add_eos_token: false,
    add_prefix_space: null,
  };
  return {
    "tokenizer.model": Uint8Array.from(bytes),
    "tokenizer_config.json": encoder.encode(JSON.stringify(config)),
  };
});

/** Llama 2 as transformers' conversion to tokenizer.json (legacy). */
export const llama2Json = once(() => {
  const { vocabById } = vocabulary(llama);
  const known = new Set(vocabById);
  const merges: [string, string][] = [];
  for (const piece of vocabById) {
    const characters = [...piece];
    for (let cut = characters.length - 1; cut > 0; cut--) {
      const left = characters.slice(0, cut).join("");
      const right = characters.slice(cut).join("");
      if (known.has(left) && known.has(right)) merges.push([left, right]);
    }
  }
  const added = ["<unk>", "<s>", "</s>"].map((content, id) => addedToken(content, id));
  const json = {
    version: "1.0",
    added_tokens: added,
    normalizer: {
      type: "Sequence",
      normalizers: [{ type: "Prepend", prepend: "▁" }, {
        type: "Replace",
        pattern: { String: " " },
        content: "▁",
      }],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(vocabById.map((piece, id) => [piece, id])),
      merges,
    },
  };
  return { "tokenizer.json": encoder.encode(JSON.stringify(json)) };
});

function addedToken(content: string, id: number) {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** Llama 3: tokenizer.json and tokenizer_config.json. */
export const llama3Json = once(() => {
  const { vocabById, merges } = vocabulary(llama3);
  const split =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  const bos = "<|begin_of_text|>";
  const special = { SpecialToken: { id: bos, type_id: 0 } };
  const json = {
    version: "1.0",
    added_tokens: vocabById.slice(128000).map((content, index) => addedToken(content, 128000 + index)),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: split }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: "Sequence",
      processors: [
        { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
        {
          type: "TemplateProcessing",
          single: [special, { Sequence: { id: "A", type_id: 0 } }],
          pair: [
            special,
            { Sequence: { id: "A", type_id: 0 } },
            { SpecialToken: { id: bos, type_id: 1 } },
            { Sequence: { id: "B", type_id: 1 } },
          ],
          special_tokens: { [bos]: { id: bos, ids: [128000], tokens: [bos] } },
        },
      ],
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      ignore_merges: true,
      vocab: Object.fromEntries(vocabById.slice(0, 128000).map((token, id) => [token, id])),
      merges: [...merges.keys()],
    },
  };
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: bos,
    eos_token: "<|end_of_text|>",
    clean_up_tokenization_spaces: true,
  };
  return {
    "tokenizer.json": encoder.encode(JSON.stringify(json)),
    "tokenizer_config.json": encoder.encode(JSON.stringify(config)),
  };
});
