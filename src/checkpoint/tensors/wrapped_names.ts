const EMBEDDING = /^(.+?\.)(?:model\.)?embed_tokens\.(?:base_layer\.)?weight$/;
const ADAPTER = /(?:^|\.)lora_[AB]\.|\.lora_magnitude_vector/;
const MERGE = "merge it into its base model (in Python: " +
  "peft.AutoPeftModelForCausalLM.from_pretrained(FOLDER).merge_and_unload().save_pretrained(NEW))";

/** Advice in errors about adapters. */
export const MERGE_ADAPTER: string = MERGE;

/**
 * Describes how a wrapper has renamed a model's tensors, for a message.
 * @param names of all tensors
 * @returns undefined if no known wrapper matches
 */
export function wrappedProblem(names: Iterable<string>): string | undefined {
  const all = [...names];
  if (all.some((name) => ADAPTER.test(name))) return `the tensors belong to an adapter: ${MERGE}`;
  const embedding = all.map((name) => EMBEDDING.exec(name)).find((match) => match !== null);
  const prefix = embedding?.[1];
  if (prefix === undefined || /^(?:model|transformer)\.$/.test(prefix)) return undefined;
  return `tensor names have the prefix of a wrapper, ${JSON.stringify(prefix)}; remove it: ` +
    `expected "model.embed_tokens.weight", got ${JSON.stringify(embedding![0])}`;
}
