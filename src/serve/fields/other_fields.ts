import type { FieldTable } from "./body_field.ts";
import { CHAT_FIELDS, COMMON_FIELDS } from "./openai_fields.ts";

const { messages, tools, tool_choice, chat_template_kwargs, add_generation_prompt, continue_final_message } =
  CHAT_FIELDS;

/** Fields of `/tokenize`, with the names and defaults of llama.cpp's server. */
export const TOKENIZE_FIELDS: FieldTable = {
  content: { kind: "text", use: "used", isRequired: true, help: "the text" },
  add_special: {
    kind: "flag",
    use: "used",
    help: "add BOS and EOS as the tokenizer's settings say (default: false)",
  },
  parse_special: { kind: "flag", use: "used", help: "parse text such as </s> as the token (default: true)" },
  with_pieces: {
    kind: "flag",
    use: "used",
    help: "tokens are {id, piece}; a piece that is not UTF-8 is a list of bytes",
  },
};

/** Fields of `/detokenize`. */
export const DETOKENIZE_FIELDS: FieldTable = {
  tokens: { kind: "list", use: "used", isRequired: true, help: "token ids" },
  parse_special: { kind: "flag", use: "used", help: "include special tokens" },
};

/** Fields of `/apply-template`. */
export const TEMPLATE_FIELDS: FieldTable = {
  model: COMMON_FIELDS.model,
  ...{ messages, tools, tool_choice, chat_template_kwargs, add_generation_prompt, continue_final_message },
};
