import { assert, assertEquals } from "@std/assert";
import { Random } from "../../base/random.ts";
import { fromFileUrl } from "@std/path";
import { DataError } from "../../base/errors.ts";
import { fromFloat32, toFloat32 } from "../safetensors/convert.ts";
import { isQuantizable } from "./int4_modules.ts";
import { quantizingSource } from "./int4_quantizing_source.ts";
import { quantizeTinygemm } from "./int4_tinygemm.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";
import { writeCheckpoint } from "../safetensors/write.ts";

const GOLDEN = fromFileUrl(new URL("../../../testdata/int4/torchao.safetensors", import.meta.url));
const CASES = "random constant zero tiny huge wide offset ties float32 float16".split(" ");

/** All bytes of a tensor. */
async function bytesOf(checkpoint: Checkpoint, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const tensor = checkpoint.tensors.get(name)!;
  const bytes = new Uint8Array(tensor.bytes);
  await checkpoint.read(tensor, 0, bytes);
  return bytes;
}

Deno.test("codes, scales and zeros are torchao's own, for every kind of group and group size", async () => {
  const golden = await openCheckpoint(GOLDEN);
  try {
    for (const name of CASES) {
      for (const groupSize of [32, 64, 128, 256]) {
        const where = `${name}, groups of ${groupSize}`;
        const source = quantizingSource(golden, golden.tensors.get(`${name}.weight`)!, groupSize);
        assertEquals(source.name, name);
        const { codes, scales, zeros, rows } = await source.read(0, source.shape[0]);
        const part = (kind: string) => bytesOf(golden, `${name}.${groupSize}.${kind}`);
        assertEquals(rows, 3);
        const expected = await part("codes");
        assertEquals(Array.from(expected, (_, i) => codes[i >> 1] >> 4 * (i % 2) & 15), [...expected], where);
        assertEquals(scales, new Uint16Array((await part("scales")).buffer), where);
        assertEquals(zeros, new Uint16Array((await part("zeros")).buffer), where);
      }
    }
  } finally {
    golden.close();
  }
});

/** Rounds a number to float32, then to bfloat16. */
function rounded(value: number): number {
  return toFloat32(fromFloat32(Float32Array.of(value), "bfloat16"), "bfloat16")[0];
}

/** The plain formula, one number at a time. */
function plainCodes(group: Float32Array): number[] {
  const [min, max] = [Math.min(...group), Math.max(...group)];
  const scale = Math.max(rounded(rounded(max - min) / 15), rounded(1e-6));
  const lowest = rounded(rounded(min + rounded(8 * scale)) - rounded(8 * scale));
  return Array.from(group, (value) => {
    const quotient = rounded(rounded(value - lowest) / scale);
    const [down, rest] = [Math.floor(quotient), quotient - Math.floor(quotient)];
    const whole = rest === 0.5 ? down + down % 2 : Math.round(quotient);
    return Math.min(Math.max(whole, 0), 15);
  });
}

Deno.test("groups of any signs and sizes have the codes of the plain formula", () => {
  // Mixed, positive, negative, far from zero, all exponents, near the smallest scale.
  const kinds: ((i: number, random: number) => number)[] = [
    (_, random) => random - 0.5,
    (_, random) => random,
    (_, random) => -random,
    (i, random) => (i % 64 < 32 ? 100 : -100) + random,
    (i, random) => (random - 0.5) * 2 ** (i * 7 % 80 - 40),
    (_, random) => (random - 0.5) * 4e-5,
    (i) => i % 3 === 0 ? -0 : 0,
  ];
  const random = new Random(1);
  for (const [kind, make] of kinds.entries()) {
    const values = Float32Array.from({ length: 32 * 64 }, (_, i) => rounded(make(i, random.fraction())));
    const bits = new Uint16Array(fromFloat32(values, "bfloat16").buffer);
    const result = quantizeTinygemm(bits, 64, 32);
    if (!("codes" in result)) throw new Error(`kind ${kind}: refused`);
    const got = Array.from(values, (_, i) => result.codes[i >> 1] >> 4 * (i % 2) & 15);
    for (let first = 0; first < values.length; first += 32) {
      const want = plainCodes(values.subarray(first, first + 32));
      assertEquals(got.slice(first, first + 32), want, `kind ${kind}, from ${first} on`);
    }
  }
});

Deno.test("rows can be read in any parts", async () => {
  const golden = await openCheckpoint(GOLDEN);
  try {
    const source = quantizingSource(golden, golden.tensors.get("wide.weight")!, 64);
    const whole = await source.read(0, 3);
    const last = await source.read(1, 2);
    assertEquals(last.codes, whole.codes.slice(128));
    assertEquals(last.scales, whole.scales.slice(4));
    assertEquals(last.zeros, whole.zeros.slice(4));
  } finally {
    golden.close();
  }
});

Deno.test("an infinity, a NaN and a span beyond bfloat16 are refused with their place", async () => {
  const one = 0x3f80;
  for (
    const [name, bits] of [["infinite", [0x7f80]], ["nan", [0x7fc1]], ["span", [0x7f7f, 0xff7f]]] as const
  ) {
    const values = new Uint16Array(4 * 64).fill(one);
    values.set(bits, 2 * 64 + 40);
    assertEquals(quantizeTinygemm(values, 64, 32), { row: 2, firstColumn: 32 }, name);
    await inFolder({}, async (folder) => {
      const chunks = () => [new Uint8Array(values.buffer)];
      await writeCheckpoint(folder, [{ name: "x.weight", dtype: "BF16", shape: [4, 64], chunks }]);
      const checkpoint = await openCheckpoint(folder);
      const source = quantizingSource(checkpoint, checkpoint.tensors.get("x.weight")!, 32);
      await refuses(() => source.read(1, 2), DataError, "x.weight", "row 2, columns 32 to 63");
      assertEquals((await source.read(0, 2)).rows, 2);
      checkpoint.close();
    });
  }
});

Deno.test("linear weights of the layers are converted, and nothing else", () => {
  const tensor = (name: string, columns: number): TensorInfo => (
    { name, dtype: "BF16", shape: [8, columns], file: "", offset: 0, bytes: 16 * columns }
  );
  for (const prefix of ["model.", "transformer.", ""]) {
    for (const part of ["self_attn.q_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj"]) {
      assert(isQuantizable(tensor(`${prefix}layers.11.${part}.weight`, 128), 64), part);
    }
  }
  for (
    const name of ["lm_head", "score", "qa_outputs", "model.embed_tokens", "model.layers.0.input_layernorm"]
  ) {
    assert(!isQuantizable(tensor(`${name}.weight`, 128), 64), name);
  }
  assert(!isQuantizable(tensor("model.layers.0.self_attn.q_proj.bias", 128), 64));
  assert(!isQuantizable(tensor("model.layers.0.self_attn.q_proj.weight", 96), 64), "columns stay undivided");
});
