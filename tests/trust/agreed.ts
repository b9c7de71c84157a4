import type { DifferentialKind } from "./differential_kinds.ts";

/** How this program and the reference differ on a file. */
export type Difference = "only ours refuses" | "only the reference refuses" | "read otherwise";

/** An intended class of disagreements. */
export interface Agreed {
  readonly kind: DifferentialKind["name"];
  readonly difference: Difference;
  /** Pattern of the refusing side's message, or of the first place that is read differently. */
  readonly says: RegExp;
  /** Pattern of the file, if the message alone is ambiguous. */
  readonly file?: RegExp;
  /** Maximum number of such files in a million (default: any number). */
  readonly perMillion?: number;
  readonly why: string;
}

const ours = (kind: Agreed["kind"], why: string, ...says: RegExp[]): Agreed[] =>
  says.map((one) => ({ kind, difference: "only ours refuses", says: one, why }));
const theirs = (kind: Agreed["kind"], why: string, ...says: RegExp[]): Agreed[] =>
  says.map((one) => ({ kind, difference: "only the reference refuses", says: one, why }));

/** Two pieces of type 4. */
const USER_DEFINED = new RegExp("\x18\x04[^]*\x18\x04");
const TWICE = "a repeated key has two meanings; the reference silently takes the last one";

/**
 * Every disagreement with safetensors, sentencepiece, tokenizers and transformers that a user would agree
 * with.
 */
export const AGREED: readonly Agreed[] = [
  ...ours("safetensors", TWICE, /: the key appears twice \(/),
  ...ours(
    "safetensors",
    "a size beyond 2^53, which only an empty tensor can have",
    /: shape: expected a list of non-negative integers, got \[.*\d{16,}/,
  ),

  ...ours(
    "safetensors",
    "the format requires a header that begins with a brace",
    /: header \(offset 8\): expected a JSON object starting with "\{"$/,
  ),

  ...ours(
    "tokenizer.model",
    "the reference looks for merges when it encodes, this program when it loads, which takes minutes for pieces so long",
    /: pieces: expected squares of their lengths /,
  ),
  ...ours(
    "tokenizer.model",
    "a score that is not a number cannot rank segmentations",
    /: expected a finite score,/,
  ),
  ...ours(
    "tokenizer.model",
    "word and char models, which no Llama uses, do not run here",
    /trainer_spec\.model_type: .* got (3 word|4 char)$/,
  ),
  ...ours(
    "tokenizer.model",
    "protobuf drops an unknown enum number, and the default is then a guess",
    /trainer_spec\.model_type: .* got -?\d+$/,
    /: expected a type from 1 to 6,/,
  ),
  ...ours(
    "tokenizer.model",
    "protobuf skips a field of another wire type: the file is damaged",
    /: expected (field \d+ as (bytes|a varint)|a float score), got /,
    /: expected a field number from 1, got \d{9,}$/,
  ),
  ...ours(
    "tokenizer.model",
    "a vocabulary of only the unknown piece can encode nothing",
    /expected one that text can be made of, got none$/,
  ),
  ...ours(
    "tokenizer.model",
    "a BPE model without an unknown piece loads there, and returns an id without a piece",
    /expected one unknown piece .* got none$/,
  ),
  ...ours("tokenizer.model", TWICE, /: expected a piece of its own,/),
  {
    kind: "tokenizer.model",
    difference: "read otherwise",
    says: /^encoded\./,
    file: USER_DEFINED,
    perMillion: 500,
    why: "user-defined pieces are scored by their length alone: the last bit of a sum breaks a tie",
  },

  ...ours(
    "tokenizer.json",
    TWICE,
    /: the key appears twice \(/,
    /: expected a token of its own,/,
    /: expected an id of its own,/,
  ),
  ...ours(
    "tokenizer.json",
    "a section without a known type is guessed there by its fields",
    /\.type: expected a (string|known)/,
    /: (normalizer|pre_tokenizer|post_processor|decoder)\S*: expected an object, got /,
  ),
  ...ours(
    "tokenizer.json",
    "an empty pattern cuts nowhere, or everywhere: it is a mistake",
    /\.pattern\.String: expected a string that is not empty/,
  ),
  ...ours(
    "tokenizer.json",
    "an added token on an id that another has is a mistake; the reference gives it the next one and only warns",
    /added_tokens\[\d+\]\.id: expected /,
  ),
  ...ours(
    "tokenizer.json",
    "so large an id needs a table of gigabytes",
    /: expected an integer id from 0 to 16777216,/,
  ),
  {
    kind: "tokenizer.json",
    difference: "only ours refuses",
    says: /: model\.merges\[\d+\]: expected /,
    file: /"model":\{(?!"type":"(BPE|Unigram)")/,
    why: "a model without a type, but with merges, is BPE; the reference tries every kind until one takes it",
  },
  ...ours(
    "tokenizer.json",
    "after an unknown name the reference accepts any text",
    /: expected ":", got /,
  ),
  ...theirs(
    "tokenizer.json",
    "a flag left out, or null, has the default that the library writes",
    /: missing field `/,
    /: invalid type: null, expected a boolean/,
  ),
  ...theirs(
    "tokenizer.json",
    "a field without an effect here is not checked",
    /: data did not match any variant of untagged enum \w+ at /,
    /: invalid type: /,
  ),
  ...theirs(
    "tokenizer.json",
    "the reference panics on an empty match",
    /^PanicException: index out of/,
  ),

  ...ours(
    "config",
    TWICE,
    /: the key appears twice \(/,
  ),
  ...ours(
    "config",
    "Python alone writes NaN, Infinity and lone surrogates, and no Llama needs one",
    /: expected a finite number, got (NaN|-?Infinity|-?\d+e\d+) \(/,
    /: a lone surrogate inside a string \(/,
    /: the integer \S+ is too long \(/,
  ),
  ...ours(
    "config",
    "Python accepts any value, and fails, or computes nonsense, when it is used",
    /: expected (an integer|a string|true or false|a list|an object|\d+ numbers|a finite number)/,
    /: expected (a multiple of|one of|at least|at most 1000000 values|a number, a word or a list)/,
    /: (empty|missing|given twice), /,
    /: expected (at most \d+, got|an even number|more than low_freq_factor|a divisor of)/,
  ),
  ...ours(
    "config",
    "no Llama of transformers has it, or it does not run here: refused by name, while Python ignores it",
    /is unsupported|: the model brings code of its own|\w needs a |: comes out as -?Infinity|: missing$/,
  ),
  ...theirs(
    "config",
    "a whole number may have a point or an exponent",
    /^TypeError: ('float' object cannot be interpreted|empty\(\) received an invalid)/,
  ),
  {
    kind: "config",
    difference: "read otherwise",
    says: /^(tie_word_embeddings|attention_bias|mlp_bias): ours false, theirs null$/,
    why: "null is no, there too",
  },
];
