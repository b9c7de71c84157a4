/** Folders with an intended difference from transformers: names, the difference, the reason. */
export const DIFFERENCES: readonly (readonly [name: RegExp, difference: RegExp, why: string])[] = [
  [
    /^config: torch_dtype torch\.float16$/,
    /^only the reference refuses: .*has no attribute/,
    "old files have PyTorch's own spelling, which says the same",
  ],
  [/^config: torch_dtype 16$/, /^only ours refuses: .*expected a string/, "no type is called by a number"],
  [
    /^config: no model_type$/,
    /^only the reference refuses/,
    "what else has no other type is read as a Llama",
  ],
  [/^config: model_type mistral$/, /^only ours refuses/, "Llamas alone run here"],
  [
    /^config: pad_token_id beyond the vocabulary$/,
    /^only the reference refuses: .*Padding_idx/,
    "padding is never looked up here",
  ],
  [
    /^config: rope_theta @Infinity@$/,
    /^only ours refuses: .*rope_theta/,
    "all positions but the first angle would be alike",
  ],
  [
    /^config: rope_scaling llama3 high below low$/,
    /^only ours refuses: .*high_freq_factor/,
    "the reference only warns, and divides by a negative width",
  ],
  [
    /^config: rope_scaling longrope of another length$/,
    /^only ours refuses: .*expected 2 numbers, got 1/,
    "the reference stretches one factor over all dimensions",
  ],
  [
    /^config: rope_scaling factor -1$/,
    /^only ours refuses: .*factor/,
    "positions would run backwards, which nobody means",
  ],
  [/^config: vocab_size 32\.0$/, /^only the reference refuses/, "a whole number is one, with a point too"],
  [
    /^config: return_dict false$/,
    /^only the reference refuses/,
    "what a call returns is no matter of a file",
  ],
  [
    /^config: (attention_multiplier 1\.0|sliding_window 8|is_encoder_decoder)$/,
    /^only ours refuses: .*changes the maths/,
    "another architecture's field: the reference passes over it, and gives that model's numbers wrong",
  ],
  [/^config: quantization_config null$/, /^only the reference refuses/, "null is none"],
  [
    /^generation: top_p 1\.5, do_sample$/,
    /^only ours refuses: .*top_p/,
    "the reference takes a share above 1 for none; it is a mistake in a file that draws",
  ],
  [
    /^index: a tensor that the index does not name$/,
    /^only the reference refuses: .*lm_head/,
    "the shard holds it; the reference makes one up",
  ],
  [
    /^index: other copies$/,
    /^only ours refuses: .*with other contents$/,
    "the reference takes one of them without a word",
  ],
  [/^index: (no metadata|metadata null)$/, /^only the reference refuses/, "nothing there is needed"],
];
