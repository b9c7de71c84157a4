import { checkCall } from "./call_row.ts";
import { CHECKPOINT_CALL_ROWS } from "./checkpoint_call_rows.ts";
import { COMMAND_ROWS } from "./command_rows.ts";
import { CONSTRAINT_ROWS } from "./constraint_rows.ts";
import { FEATURE_ROWS } from "./feature_rows.ts";
import { FLAG_ROWS } from "./flag_rows.ts";
import { HUB_ROWS } from "./hub_rows.ts";
import { MODEL_ROWS } from "./model_rows.ts";
import { PROMPT_CACHE_ROWS } from "./prompt_cache_rows.ts";
import { PROMPT_ROWS } from "./prompt_rows.ts";
import { REQUEST_CASES } from "./request_rows.ts";
import { checkRow } from "./row.ts";
import { TEMPLATE_ROWS } from "./template_rows.ts";
import { TOKENIZER_CALL_ROWS } from "./tokenizer_call_rows.ts";
import { TOKENIZER_ROWS } from "./tokenizer_rows.ts";
import { TOKENIZER_SECTION_ROWS } from "./tokenizer_section_rows.ts";

/** One bad input with its check. */
export interface Case {
  readonly what: string;
  /** @throws Error that describes the wrong answer */
  check(): Promise<void>;
}

/** All bad inputs: those of the whole program, and those of calls of the library. */
export const CORPUS: readonly Case[] = [
  ...[
    ...FLAG_ROWS,
    ...PROMPT_ROWS,
    ...TOKENIZER_ROWS,
    ...TOKENIZER_SECTION_ROWS,
    ...MODEL_ROWS,
    ...FEATURE_ROWS,
    ...TEMPLATE_ROWS,
    ...COMMAND_ROWS,
  ]
    .map((row) => ({ what: row.what, check: () => checkRow(row) })),
  ...[...CHECKPOINT_CALL_ROWS, ...PROMPT_CACHE_ROWS, ...TOKENIZER_CALL_ROWS, ...HUB_ROWS, ...CONSTRAINT_ROWS]
    .map((row) => ({
      what: row.what,
      check: () => checkCall(row),
    })),
  ...REQUEST_CASES,
];
