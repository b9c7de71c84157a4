import { DataError } from "../base/errors.ts";
import { kindOf } from "../base/json.ts";

/** The named special tokens. */
export const specialNames = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"] as const;
export type SpecialName = typeof specialNames[number];

/** Behavior of a tokenizer class of the reference that its files do not define. */
export interface TokenizerClass {
  /** The reference's name, without "Fast". */
  readonly name: string;
  /** Default special tokens; null: none, even if tokenizer.json names a padding token. */
  readonly tokens: Partial<Record<SpecialName, string | null>>;
  /**
   * Default tokens with flags (all false), even if a file names another by its text; they take precedence over
   * tokenizer.json's.
   */
  readonly flagged?: readonly SpecialName[];
  /**
   * If set, add_bos_token (with this default) and add_eos_token apply; otherwise the file's own post-processor is kept.
   */
  readonly settings?: { readonly addBos: boolean };
  readonly paddingSide: "left" | "right";
  /** Conversion rules for a tokenizer.model; absent: not supported. */
  readonly converts?: "llama" | "gemma";
  /**
   * Effect of add_prefix_space: a value rebuilds the tokenizer from tokenizer.model, or is set in the pre-tokenizer if
   * that is ByteLevel (default: false), or also in one within a sequence if the value is true.
   */
  readonly prefixSpace: "rebuilds" | "outermost" | "everywhere";
  /** True if a text with a hole is split into the parts before and after it. */
  readonly infills?: boolean;
}

const LLAMA = { bos: "<s>", eos: "</s>", unk: "<unk>" };
const END = "<|endoftext|>";

/** LlamaTokenizerFast: the class for a model of type llama if no file names another. */
export const llamaClass: TokenizerClass = {
  name: "LlamaTokenizer",
  tokens: LLAMA,
  settings: { addBos: true },
  paddingSide: "left",
  converts: "llama",
  prefixSpace: "rebuilds",
};

/** PreTrainedTokenizerFast: tokenizer.json only. */
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
 * The class that AutoTokenizer uses for a name, with or without "Fast".
 *
 * @param where the file and the field that name it
 * @throws DataError for a class that the reference does not know, and for one that no Llama uses.
 */
export function tokenizerClass(name: string, where: string): TokenizerClass {
  const found = byName.get(name);
  if (found !== undefined) return found;
  const known = classes.map((one) => one.name).join(", ");
  throw new DataError(`${where}: expected ${known} (or one of them with "Fast"), got ${kindOf(name)}`);
}
