import { createHash } from "node:crypto";
import type { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import type { SafetensorsHeader } from "../../src/checkpoint/safetensors/safetensors.ts";
import { LlamaTokenizerFast } from "../../src/tokenizer/fast.ts";
import { fastParts } from "../../src/tokenizer/load.ts";
import { SentencePiece } from "../../src/tokenizer/sentencepiece/sentencepiece.ts";
import { readSentencePiece } from "../../src/tokenizer/sentencepiece/sentencepiece_file.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { configTarget, safetensorsTarget } from "./fuzz_checkpoints.ts";
import { TEXTS, tokenizerJsonTarget, tokenizerModelTarget } from "./fuzz_tokenizers.ts";

/** A kind of file that the reference also reads. */
export interface DifferentialKind {
  readonly name: "safetensors" | "tokenizer.model" | "tokenizer.json" | "config";
  /** Its letter in differential.py. */
  readonly letter: string;
  /** Its name in a model's folder. */
  readonly file: string;
  readonly target: FuzzTarget;
  /** The file's contents, in the form of differential.py. @throws LlamaError if the file is refused */
  read(file: Uint8Array): unknown;
}

const PLAIN = new TextEncoder().encode(
  '{"tokenizer_class": "PreTrainedTokenizerFast", "add_prefix_space": null}',
);

/** The kinds, and what this program reads from each. */
export const DIFFERENTIAL_KINDS: readonly DifferentialKind[] = [
  {
    name: "safetensors",
    letter: "s",
    file: "model.safetensors",
    target: safetensorsTarget,
    read(file) {
      const { metadata, tensors } = safetensorsTarget.read(file) as SafetensorsHeader;
      const hash = (offset: number, bytes: number) =>
        createHash("sha1").update(file.subarray(offset, offset + bytes)).digest("hex");
      return {
        tensors: record(
          tensors.map(({ name, dtype, shape, offset, bytes }) => [name, [dtype, shape, hash(offset, bytes)]]),
        ),
        metadata,
      };
    },
  },
  {
    name: "tokenizer.model",
    letter: "m",
    file: "tokenizer.model",
    target: tokenizerModelTarget,
    read(file) {
      const parts = readSentencePiece(file, "tokenizer.model");
      const model = new SentencePiece(parts);
      const encoded = TEXTS.map((text) => model.encode(text));
      return {
        pieces: model.pieces.map(({ text }) => text),
        unk: model.unkId,
        encoded,
        decoded: encoded.map((pieces) => model.decode(pieces)),
      };
    },
  },
  {
    name: "tokenizer.json",
    letter: "j",
    file: "tokenizer.json",
    target: tokenizerJsonTarget,
    read(file) {
      const parts = fastParts({ "tokenizer.json": file, "tokenizer_config.json": PLAIN });
      const tokenizer = new LlamaTokenizerFast(parts);
      const encoded = TEXTS.map((text) => tokenizer.encode(text));
      return {
        vocabulary: tokenizer.length,
        encoded,
        decoded: encoded.map((ids) => tokenizer.decode(ids)),
      };
    },
  },
  {
    name: "config",
    letter: "c",
    file: "config.json",
    target: configTarget,
    read(file) {
      const config = (configTarget.read(file) as LlamaConfig).toJSON();
      return record(CONFIG_FIELDS.map((name) => [name, config[name]]));
    },
  },
];

const CONFIG_FIELDS = [
  "vocab_size",
  "hidden_size",
  "intermediate_size",
  "num_hidden_layers",
  "num_attention_heads",
  "num_key_value_heads",
  "head_dim",
  "hidden_act",
  "max_position_embeddings",
  "rms_norm_eps",
  "rope_theta",
  "tie_word_embeddings",
  "attention_bias",
  "mlp_bias",
];

/** An object whose every key is its own, `__proto__` too. */
function record(entries: [string, unknown][]): Record<string, unknown> {
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
