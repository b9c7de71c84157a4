import { pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { json } from "../support/bad_tokenizer_json.ts";
import { bytePieces, fallback, model, unk } from "../support/bad_tokenizer_models.ts";
import type { TokenizerFiles } from "../../src/tokenizer/config_types.ts";
import { LlamaTokenizerFast } from "../../src/tokenizer/fast.ts";
import { fastParts } from "../../src/tokenizer/load.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutated } from "./fuzz_checkpoints.ts";
import { TEXTS } from "./fuzz_tokenizers.ts";
import { mutateBytes } from "./mutate_bytes.ts";
import type { Random } from "../../src/base/random.ts";

const encoder = new TextEncoder();
const NAMES = [
  "Llama",
  "CodeLlama",
  "Gemma",
  "PreTrained",
  "GPT2",
  "Qwen2",
  "GPTNeoX",
  "Cohere",
  "Bloom",
  "LLaMA",
];
const small = model([unk, ...bytePieces, pieceField("a", 0, 1)], fallback);
const HOLES = ["a<FILL_ME>b", "<FILL_ME>", "a<FILL_ME>b<FILL_ME>", "ab"];

/** Valid files; the fuzzer picks those of a folder at random. */
const FILES: readonly TokenizerFiles[] = [
  { "tokenizer.json": encoder.encode(json({ pre_tokenizer: { type: "ByteLevel" } })) },
  { "tokenizer.model": small },
  { "tokenizer.json": encoder.encode(json()), "tokenizer.model": small },
];

/** A token as settings may contain it. */
function token(random: Random): unknown {
  return random.of<unknown>([null, "<s>", "ab", "<x>", { __type: "AddedToken", content: "<x>" }, {
    content: "b",
  }]);
}

/** A tokenizer_config.json of any class, for folders of each kind. */
export const tokenizerConfigTarget: FuzzTarget = {
  name: "tokenizer_config.json",
  make(random) {
    const settings: Record<string, unknown> = {
      tokenizer_class: random.once(5) ? null : random.of(NAMES) + random.of(["Tokenizer", "TokenizerFast"]),
    };
    const flags = ["add_bos_token", "add_eos_token", "add_prefix_space", "legacy", "split_special_tokens"];
    for (const name of flags) if (random.once(4)) settings[name] = random.of([true, false, null]);
    for (const name of ["bos", "eos", "unk", "pad", "prefix", "middle", "fill"]) {
      if (random.once(5)) settings[`${name}_token`] = token(random);
    }
    if (random.once(8)) settings.tokenizer_file = null;
    if (random.once(8)) settings.additional_special_tokens = random.some(0, 3, () => token(random));
    if (random.once(4)) {
      settings.added_tokens_decoder = { [random.below(5)]: { content: random.of(["<x>", "a", ""]) } };
    }
    const text = encoder.encode(mutated(random, settings));
    return random.once(8) ? mutateBytes(random, text) : text;
  },
  read(settings) {
    const files = FILES[settings.length % FILES.length];
    const tokenizer = new LlamaTokenizerFast(fastParts({ ...files, "tokenizer_config.json": settings }));
    for (const one of [...TEXTS, HOLES[settings.length % HOLES.length]]) {
      tokenizer.decode(tokenizer.encode(one));
    }
  },
};
