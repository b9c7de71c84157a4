/** Rows that exceed a limit, with what the listing shows. The list shrinks as kernels are rewritten. */
import type { Exception } from "./limits.ts";

const INTEL = ["tgl", "dg2"];
const DECODE_ATTENTION = / 1 self_attn( combine)?$/;
const PROMPT_ATTENTION = / prompt self_attn$/;

export const EXCEPTIONS: readonly Exception[] = [
  {
    ...{ column: "waitsPerLoad", kernels: DECODE_ATTENTION },
    reason: "the loops over K, V and splits load once and wait for it",
  },
  {
    ...{ column: "roundTrips", kernels: DECODE_ATTENTION },
    reason: "64 keys: 32 loads of K in a row, and 64 of V for each of the two vec4s of a thread",
  },
  {
    ...{ column: "waitsPerLoad", kernels: PROMPT_ATTENTION },
    reason: "nine loops that load once and wait for it",
  },
  {
    ...{ column: "waves", kernels: PROMPT_ATTENTION, gpus: ["vega10"] },
    reason: "80 registers: queries' sums and their accumulators",
  },
  {
    ...{ column: "spills", kernels: PROMPT_ATTENTION, gpus: INTEL },
    reason: "SIMD8 with all 128 registers in use",
  },
  { column: "scratch", kernels: PROMPT_ATTENTION, gpus: INTEL, reason: "holds the spills" },
  ...(["registers", "scratch", "milliseconds"] as const).map((column) => ({
    ...{ column, kernels: PROMPT_ATTENTION, gpus: ["ga102"] },
    reason: "NAK unrolls the loops over keys to 8,400 instructions",
  })),
  {
    ...{ column: "waitsPerLoad", kernels: / prompt (o|down)_proj$/ },
    reason: "the tile's three loads are each in an `if` of their own, and waited for there",
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
