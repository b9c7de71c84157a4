/**
 * Folders in 4 bits with an intended difference from the reference: names, our result, the reason. Here the
 * tensors determine their packing; fields that only describe how a file was made refuse nothing.
 */
export const QUANTIZED_DIFFERENCES: readonly (readonly [name: RegExp, ours: RegExp, why: string])[] = [
  [
    /^ct-.*asymmetric as it is$|^ct: asymmetric|^ct: zp_dtype$/,
    /^same$/,
    "compressed-tensors 0.12.2 cannot unpack zero points by itself; vLLM, for which such files are made, can",
  ],
  [/^gptq: (group_size|damp_percent) /, /^same$/, "the scales have the size of the groups"],
  [/^ct: frozen$/, /^same$/, "the reference makes weights up where the status is not compressed"],
  [
    /^ct: (no ignore|ignore nothing|ignore null)$/,
    /^same$/,
    "the head is not packed; the reference reads it as if it was, and fails",
  ],
  [/^ct: (ignores what is packed|packs what is not)$/, /^same$/, "the tensors say which modules are packed"],
  [
    /^ct: actorder none of a file that has it$/,
    /^same$/,
    "the file has the order of its columns; without it the reference gives other numbers",
  ],
  [
    /^ct: (observer fields|actorder unknown|group_size null|channel with a group)$/,
    /^same$/,
    "a field that describes how the file was made",
  ],
];
