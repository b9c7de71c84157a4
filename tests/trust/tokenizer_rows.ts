import { BAD_TOKENIZER_JSON } from "../support/bad_tokenizer_json.ts";
import { BAD_TOKENIZER_MODELS } from "../support/bad_tokenizer_models.ts";
import { type Row, TOKENIZE, tokenizerJsonRow } from "./row.ts";

/** Tokenizer files that cannot be used. */
export const TOKENIZER_ROWS: readonly Row[] = [
  ...BAD_TOKENIZER_MODELS.map(([what, bytes, pattern]): Row => ({
    what: `tokenizer.model: ${what}`,
    files: { "tokenizer.model": bytes },
    args: TOKENIZE,
    code: 3,
    words: ["tokenizer.model", pattern],
  })),
  ...BAD_TOKENIZER_JSON.map((row) => tokenizerJsonRow(...row)),
  { what: "no tokenizer at all", args: TOKENIZE, code: 3, words: ["tokenizer.json or tokenizer.model"] },
];
