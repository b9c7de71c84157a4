import { assert, assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { kept } from "../reference/kept.ts";
import { freshBytes, keepRows, rotateInto } from "./keep_kv.ts";
import { keepsLater, KV_DTYPES, type KvDtype, type KvLayer, kvRowBytes, kvTexels } from "./kv_layer.ts";
import { decodeRows } from "./kv_rows.ts";
import { type HeadShape, headStride, linear } from "./linear.ts";
import type { Columns } from "./tuning.ts";
import { plainGpu } from "../../tests/support/linear.ts";
import { copyMirror } from "../../tests/support/mirrors.ts";
import { assertSameBits, KernelTest, numbers, padRows, untouched } from "../../tests/support/ops.ts";

/** [token, slot, cache position, rotary position]. */
const PLACES = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 2, 6, 6], [0, 1, 3, 2]];
const [SLOTS, CAPACITY] = [3, 7];

/** An untouched layer: key heads in shares of these sizes. */
function emptyLayer(test: KernelTest, { headDim }: HeadShape, dtype: KvDtype, heads: number[]): KvLayer {
  let firstHead = 0;
  const shares = heads.map((count) => {
    const words = SLOTS * count * CAPACITY * kvRowBytes(headDim, dtype) / 4;
    const share = { firstHead, heads: count, keys: test.output(words), values: test.output(words) };
    firstHead += count;
    return share;
  });
  return { dtype, shares };
}

/** Keys or values of a layer by slot, head and position: numbers, and true if nothing was written. */
async function readLayer(test: KernelTest, { headDim }: HeadShape, kv: KvLayer, part: "keys" | "values") {
  const rowBytes = kvRowBytes(headDim, kv.dtype);
  const rows = new Map<string, { numbers: Float32Array; empty: boolean }>();
  for (const { firstHead, heads, [part]: buffer } of kv.shares) {
    const words = await test.read(buffer, SLOTS * heads * CAPACITY * rowBytes / 4, part);
    for (let i = 0; i < SLOTS * heads * CAPACITY; i++) {
      const own = words.slice(i * rowBytes / 4, (i + 1) * rowBytes / 4);
      const [slot, head] = [Math.floor(i / CAPACITY / heads), firstHead + Math.floor(i / CAPACITY) % heads];
      rows.set(`${slot} ${head} ${i % CAPACITY}`, {
        numbers: decodeRows(new Uint8Array(own.buffer), headDim, kv.dtype),
        empty: own.every((_, word) => untouched(own, word)),
      });
    }
  }
  return rows;
}

/** Numbers of all sizes: some heads are zero, some have numbers that a type cannot hold. */
function someNumbers(heads: number, headDim: number): Float64Array {
  const sizes = [1, 1e-3, 70, 0, 1e5];
  return numbers(1, heads * headDim).map((x, i) =>
    Math.fround(x * sizes[Math.floor(i / headDim) % sizes.length])
  );
}

Deno.test("keep_rows: every storage type, in shares, to the bit; nothing else is touched", async () => {
  using gpu = await Gpu.open();
  const shapes: (HeadShape & { shares: number[] })[] = [
    { heads: 6, kvHeads: 3, headDim: 16, shares: [3] },
    { heads: 3, kvHeads: 3, headDim: 10, shares: [1, 2] },
    { heads: 4, kvHeads: 1, headDim: 6, shares: [1] },
    { heads: 5, kvHeads: 5, headDim: 130, shares: [2, 1, 2] },
  ];
  for (const shape of shapes) {
    for (const dtype of KV_DTYPES) {
      const { kvHeads, headDim, shares } = shape;
      const kv0 = { dtype, shares: shares.map(() => ({})) } as unknown as KvLayer;
      if (!keepsLater(shape, kv0)) continue;
      using test = new KernelTest(gpu);
      const kv = emptyLayer(test, shape, dtype, shares);
      const stride = headStride(headDim);
      const fresh = someNumbers(PLACES.length * 2 * kvHeads, headDim);
      const batch = test.batch(PLACES, CAPACITY);
      assertEquals(freshBytes(shape, PLACES.length), PLACES.length * 2 * kvHeads * stride * 4);
      const tokens = () => PLACES.length;
      keepRows(test.plan, {
        ...shape,
        label: "keep",
        kv,
        fresh: test.floats(padRows(fresh, headDim, stride)),
        batch,
        tokens,
      });
      await test.run();
      for (const [kind, part] of (["keys", "values"] as const).entries()) {
        const rows = await readLayer(test, shape, kv, part);
        for (const [token, [, slot, position]] of PLACES.entries()) {
          for (let head = 0; head < kvHeads; head++) {
            const from = ((token * 2 + kind) * kvHeads + head) * headDim;
            const exact = fresh.subarray(from, from + headDim);
            const want = kept(exact, dtype);
            const what = `${JSON.stringify(shape)} ${dtype} ${part}: token ${token}, head ${head}`;
            const key = `${slot} ${head} ${position}`;
            const got = rows.get(key)!.numbers;
            rows.delete(key);
            // x / scale is not exact in float32: a number in the middle of two codes may become either.
            const scale = dtype === "int8" ? Math.max(...exact.map(Math.abs)) / 127 : 0;
            for (let i = 0; i < headDim; i++) {
              const same = Math.abs(got[i] - want[i]) <= 1e-6 * Math.abs(want[i]);
              const middle = Math.abs(Math.abs(got[i] - exact[i]) - scale / 2) < 1e-4 * scale;
              assert(same || middle, `${what}: [${i}] is ${got[i]}, expected ${want[i]} of ${exact[i]}`);
            }
          }
        }
        for (const [key, { empty }] of rows) assert(empty, `${dtype} ${part}: ${key} was touched`);
      }
    }
  }
});

/** Keys and values of a linear map, by the path that the layer needs, or by keep_rows. */
async function project(
  gpu: Gpu,
  shape: HeadShape & { columns: Columns },
  dtype: KvDtype,
  shares: number[],
  mirrored: boolean,
) {
  using test = new KernelTest(gpu);
  const { heads, kvHeads, headDim, columns } = shape;
  const width = 24;
  const rows = (heads + 2 * kvHeads) * headDim;
  const empty = emptyLayer(test, shape, dtype, shares);
  const mirror = (label: string) => test.texture(label, kvTexels(headDim, dtype), CAPACITY, SLOTS * kvHeads);
  const kv = mirrored ? { ...empty, mirrors: { keys: mirror("keys"), values: mirror("values") } } : empty;
  const batch = test.batch(PLACES, CAPACITY);
  const tokens = () => PLACES.length;
  const fresh = test.floats(new Float64Array(freshBytes(shape, PLACES.length) / 4));
  linear(test.plan, {
    label: "qkv_proj",
    matrix: test.matrix(numbers(2, rows * width), rows, width, "float32", headDim / 2),
    x: test.floats(padRows(numbers(1, PLACES.length * width), width, padTo8(width))),
    batch,
    tokens,
    columns,
    finish: rotateInto(shape, {
      q: test.output(PLACES.length * heads * headStride(headDim)),
      kv,
      fresh,
      rotations: test.floats(numbers(3, CAPACITY * headDim)),
    }),
  });
  keepRows(test.plan, { ...shape, label: "keep", kv, fresh, batch, tokens });
  const copies = kv.mirrors && [copyMirror(test, kv.mirrors.keys), copyMirror(test, kv.mirrors.values)];
  await test.run();
  const texels = kvTexels(headDim, dtype);
  const mirrors = await Promise.all((copies ?? []).map(async (copy, i) => {
    const floats = await test.read(copy, SLOTS * kvHeads * CAPACITY * texels * 4, "mirror");
    const part = (["keys", "values"] as const)[i];
    return { part, floats };
  }));
  return {
    keys: await readLayer(test, shape, kv, "keys"),
    values: await readLayer(test, shape, kv, "values"),
    mirrors,
  };
}

const SHAPES: (HeadShape & { columns: Columns })[] = [
  { heads: 4, kvHeads: 2, headDim: 8, columns: 1 },
  { heads: 3, kvHeads: 3, headDim: 12, columns: 4 },
  { heads: 2, kvHeads: 2, headDim: 64, columns: 2 },
];

Deno.test("finish_qkv writes the same bits as keep_rows, in 16 and 32 bits", async () => {
  using gpu = await Gpu.open();
  using plain = await plainGpu();
  const ways = [
    ...SHAPES.map((shape) => [gpu, shape] as const),
    ...SHAPES.map((shape) => [plain, { ...shape, columns: "prompt" as Columns }] as const),
  ];
  for (const [device, shape] of ways) {
    for (const dtype of ["float32", "float16", "bfloat16"] as const) {
      const now = await project(device, shape, dtype, [shape.kvHeads], false);
      const later = await project(device, shape, dtype, [1, shape.kvHeads - 1], false);
      for (const part of ["keys", "values"] as const) {
        assertEquals([...now[part].keys()].sort(), [...later[part].keys()].sort());
        for (const [key, { numbers, empty }] of now[part]) {
          const what = `${JSON.stringify(shape)} ${dtype} ${part}: ${key}`;
          assertEquals(empty, later[part].get(key)!.empty, what);
          if (!empty) assertSameBits(later[part].get(key)!.numbers, numbers, what);
        }
      }
    }
  }
});

Deno.test("mirrors hold the numbers of the buffers, and the scales of codes", async () => {
  using gpu = await Gpu.open();
  const [shape] = SHAPES;
  const { kvHeads, headDim } = shape;
  for (const dtype of KV_DTYPES) {
    const made = await project(gpu, shape, dtype, [kvHeads], true);
    const texels = kvTexels(headDim, dtype);
    for (const { part, floats } of made.mirrors) {
      for (const [key, { numbers, empty }] of made[part]) {
        if (empty) continue;
        const [slot, head, position] = key.split(" ").map(Number);
        const at = ((slot * kvHeads + head) * CAPACITY + position) * texels * 4;
        const scale = dtype === "int8" ? floats[at + headDim] : 1;
        const got = floats.slice(at, at + headDim).map((x) => x * scale);
        assertSameBits(got, numbers, `${dtype} ${part}: ${key}`);
      }
    }
  }
});
