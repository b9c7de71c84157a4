type Json = Record<string, unknown>;

/** A setting outside tokenizer.json for the prefix space. */
export interface PrefixSpace {
  value: boolean;
  /** True if it applies to every ByteLevel pre-tokenizer, not only to a sole one. */
  everywhere: boolean;
}

/** Sets add_prefix_space in a ByteLevel pre-tokenizer, as PreTrainedTokenizerFast does. */
export function withPrefixSpace(preTokenizer: unknown, prefix: PrefixSpace): unknown {
  if (typeof preTokenizer !== "object" || preTokenizer === null) return preTokenizer;
  const section = preTokenizer as Json;
  if (section.type === "ByteLevel") return { ...section, add_prefix_space: prefix.value };
  const { pretokenizers } = section;
  if (!prefix.everywhere || section.type !== "Sequence" || !Array.isArray(pretokenizers)) return section;
  return { ...section, pretokenizers: pretokenizers.map((step) => withPrefixSpace(step, prefix)) };
}
