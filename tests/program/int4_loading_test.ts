/** Weights in 4 bits through the real launcher: quantized while loading, or stored in 4 bits. */
import { assert, assertEquals } from "@std/assert";
import { type Row, table } from "../support/contract.ts";

const STORED = "testdata/int4/models/awq";
const record = `printf '{"prompt":[1,5,9]}\\n' |`;
const isScore = ([score]: Record<string, unknown>[]) => {
  assertEquals(score.tokens, [1, 5, 9]);
  assert((score.loss as number) > 0);
};
const isBench = ([report]: Record<string, unknown>[]) => {
  assertEquals([report.quantization, report.dtype], ["int4", "bfloat16"]);
  // Half a byte per weight and the scales, plus embeddings that are also the head.
  assert((report.bytes_per_token as number) < 2.6e6, `${report.bytes_per_token} bytes a token`);
};

table(
  "int4 while loading",
  [
    [`${record} llama score --jsonl --quantize int4 --group-size 32`, { json: isScore }],
    [`${record} llama score --jsonl -m ${STORED}`, { json: isScore }],
    ["llama bench --quantize int4 --group-size 32 -p 0 -n 2 -r 1 --json", { json: isBench }],
    [`${record} llama score --jsonl -m ${STORED} --quantize int4`, { code: 3, err: "quantized already" }],
    ["llama run --group-size 32 x", { code: 2, err: "--group-size: expected --quantize int4 beside it" }],
    ["llama run --quantize int4 --group-size 48 x", { code: 2, err: "expected one of 32, 64, 128, 256" }],
    ["llama run --quantize int8 x", { code: 2, err: "int8" }],
  ] satisfies Row[],
);
