/** Every bad input of the tables, through the whole program: exit code, one line that names the thing, time, memory. */
import { FEATURE_ROWS } from "./feature_rows.ts";
import { FLAG_ROWS } from "./flag_rows.ts";
import { MODEL_ROWS } from "./model_rows.ts";
import { PROMPT_ROWS } from "./prompt_rows.ts";
import { checkRow } from "./row.ts";
import { TOKENIZER_ROWS } from "./tokenizer_rows.ts";

for (const row of [...FLAG_ROWS, ...PROMPT_ROWS, ...TOKENIZER_ROWS, ...MODEL_ROWS, ...FEATURE_ROWS]) {
  Deno.test(`answered: ${row.what.slice(0, 120)}`, () => checkRow(row));
}
