/** Rows that exceed a limit, with what the listing shows. The list shrinks as kernels are rewritten. */
import type { Exception } from "./limits.ts";

const INTEL = ["tgl", "dg2"];
const RDNA = ["navi21", "gfx1100"];
const DECODE_ATTENTION = / 1 self_attn( combine)?$/;
const PROMPT_ATTENTION = / prompt self_attn$/;
const EIGHT = /float16 8 /;
const INT4_BATCH = /int4 [48] /;

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
    reason: "a code takes an `and`, a conversion from an integer and a product",
  },
  {
    ...{ column: "waves", kernels: /(float16 [48]|int4 \d) /, gpus: ["vega10"] },
    reason: "84 to 256 registers: 8 rows × columns of sums; a wave of 64 threads may have 64 for four waves",
  },
  ...(["registers", "waves"] as const).map((column) => ({
    ...{ column, kernels: INT4_BATCH, gpus: RDNA },
    reason: "8 rows × columns of sums, and 32 terms of x for each column",
  })),
  ...(["spills", "scratch"] as const).map((column) => ({
    ...{ column, kernels: INT4_BATCH, gpus: ["gfx1100", ...INTEL] },
    reason: "8 rows × columns of sums, and 32 terms of x for each column, do not fit the registers",
  })),
  ...(["registers", "scratch"] as const).map((column) => ({
    ...{ column, kernels: /float16 8 |int4 [48] /, gpus: ["ga102"] },
    reason: "8 rows × columns of sums",
  })),
  ...(["spills", "scratch"] as const).map((column) => ({
    ...{ column, kernels: EIGHT, gpus: INTEL },
    reason: "64 sums, 8 weights and 8 of x: SIMD8 has 128 registers",
  })),
  {
    ...{ column: "waitsPerLoad", kernels: /int4 8 /, gpus: ["gfx1100"] },
    reason: "loads that fill spilled registers are waited for one by one",
  },
  {
    ...{ column: "codeBytes", kernels: /int4 8 /, gpus: [...RDNA, "vega10"] },
    reason: "2,048 products unrolled, with the spills' loads and stores",
  },
  {
    ...{ column: "milliseconds", kernels: INT4_BATCH, gpus: ["ga102", ...INTEL] },
    reason: "2,048 unrolled products to schedule, and their spills",
  },
  {
    ...{ column: "codeBytes", kernels: /./, gpus: ["ga102"] },
    reason:
      "16 bytes an instruction, and NAK makes each vec4 load four, each behind a comparison with the buffer's " +
      "size and a branch",
  },
];
