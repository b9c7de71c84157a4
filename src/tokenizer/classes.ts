import { DataError } from "../base/errors.ts";
import { show } from "./fields/fields.ts";

/** The named special tokens. */
export const specialNames = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"] as const;
export type SpecialName = typeof specialNames[number];

/** What a tokenizer class of the reference does beside running its files. */
export interface TokenizerClass {
  /** The reference's name, without "Fast". */
  readonly name: string;
  /** Special tokens where nobody names others; null: none, even if tokenizer.json names one for padding. */
  readonly tokens: Partial<Record<SpecialName, string | null>>;
  /** Which come with flags (of nothing), even where a file names another by its text: they win over tokenizer.json's. */
  readonly flagged?: readonly SpecialName[];
  /** Where add_bos_token and add_eos_token count: add_bos_token's default. Elsewhere the file's own post-processor stays. */
  readonly settings?: { readonly addBos: boolean };
  readonly paddingSide: "left" | "right";
  /** The rules by which it takes a tokenizer.model; absent: it takes none. */
  readonly converts?: "llama" | "gemma";
  /**
   * What add_prefix_space does: a value makes the tokenizer anew from tokenizer.model, or is set in the pre-tokenizer
   * where that is ByteLevel (false where nothing is said), or in one within a sequence too where it is true.
   */
  readonly prefixSpace: "rebuilds" | "outermost" | "everywhere";
  /** Whether a text with a hole becomes what comes before it and what comes after it. */
  readonly infills?: boolean;
}

const LLAMA = { bos: "<s>", eos: "</s>", unk: "<unk>" };
const END = "<|endoftext|>";

/** LlamaTokenizerFast: that of a model of type llama, where no file names another. */
export const llamaClass: TokenizerClass = {
  name: "LlamaTokenizer",
  tokens: LLAMA,
  settings: { addBos: true },
  paddingSide: "left",
  converts: "llama",
  prefixSpace: "rebuilds",
};

/** PreTrainedTokenizerFast: tokenizer.json and nothing else. */
export const plainClass: TokenizerClass = {
  name: "PreTrainedTokenizer",
  tokens: {},
  paddingSide: "right",
  prefixSpace: "outermost",
};

const classes: readonly TokenizerClass[] = [
  llamaClass,
  { ...llamaClass, name: "CodeLlamaTokenizer", prefixSpace: "outermost", infills: true },
  {
    ...llamaClass,
    name: "GemmaTokenizer",
    tokens: { bos: "<bos>", eos: "<eos>", unk: "<unk>", pad: "<pad>" },
    converts: "gemma",
    prefixSpace: "outermost",
  },
  plainClass,
  { ...plainClass, name: "GPT2Tokenizer", tokens: { bos: END, eos: END, unk: END } },
  { ...plainClass, name: "CodeGenTokenizer", tokens: { bos: END, eos: END, unk: END } },
  {
    ...plainClass,
    name: "Qwen2Tokenizer",
    tokens: { eos: END, unk: END, pad: END },
    flagged: ["bos", "eos", "unk", "pad"],
  },
  {
    ...plainClass,
    name: "GPTNeoXTokenizer",
    tokens: { bos: END, eos: END, unk: END, pad: null },
    settings: { addBos: false },
  },
  {
    ...plainClass,
    name: "CohereTokenizer",
    tokens: { bos: "<BOS_TOKEN>", eos: "<|END_OF_TURN_TOKEN|>", unk: "<UNK>" },
    settings: { addBos: true },
    paddingSide: "left",
    prefixSpace: "everywhere",
  },
  { ...plainClass, name: "BloomTokenizer", tokens: { ...LLAMA, pad: "<pad>" }, prefixSpace: "everywhere" },
];

const byName = new Map(classes.flatMap((one) => [[one.name, one], [`${one.name}Fast`, one]]));

/**
 * The class that AutoTokenizer takes for a name, with or without "Fast".
 *
 * @param where the file and the member that name it
 * @throws DataError for a class that the reference does not know, and for those that no Llama has.
 */
export function tokenizerClass(name: string, where: string): TokenizerClass {
  const found = byName.get(name);
  if (found !== undefined) return found;
  const known = classes.map((one) => one.name).join(", ");
  throw new DataError(`${where}: expected ${known} (or one of them with "Fast"), got ${show(name)}`);
}
