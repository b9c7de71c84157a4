type Json = Record<string, unknown>;

/** What is said outside tokenizer.json of a blank before each text. */
export interface PrefixSpace {
  value: boolean;
  /** Whether it is meant for every ByteLevel pre-tokenizer, not only for one that is alone. */
  everywhere: boolean;
}

/** A pre-tokenizer with add_prefix_space set where it is ByteLevel, as PreTrainedTokenizerFast sets it. */
export function withPrefixSpace(preTokenizer: unknown, prefix: PrefixSpace): unknown {
  if (typeof preTokenizer !== "object" || preTokenizer === null) return preTokenizer;
  const section = preTokenizer as Json;
  if (section.type === "ByteLevel") return { ...section, add_prefix_space: prefix.value };
  const { pretokenizers } = section;
  if (!prefix.everywhere || section.type !== "Sequence" || !Array.isArray(pretokenizers)) return section;
  return { ...section, pretokenizers: pretokenizers.map((step) => withPrefixSpace(step, prefix)) };
}
