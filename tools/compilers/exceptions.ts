/** Rows that exceed a limit, with what the listing shows. The list shrinks as kernels are rewritten. */
import type { Exception } from "./limits.ts";

const PROMPT_ATTENTION = / prompt self_attn$/;

export const EXCEPTIONS: readonly Exception[] = [
  {
    ...{ column: "waves", kernels: /8b .* 1 self_attn$/, gpus: ["vega10"] },
    reason: "82 registers: eight keys or values of four queries, and as many numbers from shared memory",
  },
  {
    ...{ column: "registers", kernels: /8b .* 1 self_attn$/, gpus: ["ga102"] },
    reason: "eight loads of four words, each with a branch of its own, for four queries",
  },
  {
    ...{ column: "waves", kernels: PROMPT_ATTENTION, gpus: ["vega10"] },
    reason: "72 registers: 4 × 2 scores, 4 × 4 results, and the operands of both",
  },
  {
    ...{ column: "vectorPerWeight", kernels: /int4 1 / },
    reason:
      "a code takes a quarter of a mask, a conversion of its byte and a product; the rest are a group's scale and " +
      "zero for each unit (5 of 32), addresses (2 of 32), and the staging of x, once for 16 or 32 rows",
  },
  {
    ...{ column: "waves", kernels: / [12] qkv_proj/, gpus: ["vega10"] },
    reason:
      "four rows, so that a thread packs two numbers of the cache in a word: 68 to 80 registers, two rows have 64",
  },
  {
    ...{ column: "codeBytes", kernels: /./, gpus: ["ga102"] },
    reason:
      "16 bytes an instruction, and NAK makes each vec4 load four, each behind a comparison with the buffer's " +
      "size and a branch",
  },
];
