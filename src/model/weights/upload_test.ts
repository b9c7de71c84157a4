import { assert, assertEquals } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { convertWeights, fromFloat32 } from "../../checkpoint/safetensors/convert.ts";
import { SAFETENSORS_DTYPE, WEIGHT_BYTES } from "../../checkpoint/tensors/dtypes.ts";
import { isQuantizable } from "../../checkpoint/int4/int4_modules.ts";
import { quantizingSource } from "../../checkpoint/int4/int4_quantizing_source.ts";
import type { Checkpoint, TensorInfo, WeightDtype } from "../../checkpoint/tensors/types.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { freeMatrix, padTo8, placeOf, readRows } from "../../gpu/matrix.ts";
import { readFloats } from "../../gpu/readback.ts";
import { withBinding } from "../../../tests/support/linear.ts";
import type { Band } from "./pieces.ts";
import { Uploader } from "./upload.ts";
import { allocateWeights, causalHead, modelTensors } from "./weights.ts";

const DTYPES = ["float32", "float16", "bfloat16"] as const;

/** Tensors whose bytes are generated on demand. */
function checkpointOf(
  shapes: readonly { name: string; shape: number[] }[],
  dtype: WeightDtype,
  fill: (into: Uint8Array, begin: number, tensor: TensorInfo) => void,
): Checkpoint {
  const tensors = new Map(shapes.map(({ name, shape }): [string, TensorInfo] => {
    const bytes = shape.reduce((product, n) => product * n, WEIGHT_BYTES[dtype]);
    return [name, { name, dtype: SAFETENSORS_DTYPE[dtype], shape, file: "made up", offset: 0, bytes }];
  }));
  return {
    files: ["made up"],
    tensors,
    read(tensor, begin, into) {
      fill(into, begin, tensor);
      return Promise.resolve();
    },
    close() {},
  };
}

Deno.test("Uploader: rows of every type come to every type, in order, taken in turns, and padded", async () => {
  using gpu = await Gpu.open();
  const [rows, columns] = [200, 20];
  const numbers = (name: string) =>
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 7 + name.charCodeAt(0)) * 3);
  for (const from of DTYPES) {
    const bytes = new Map([..."abcv"].map((name) => [name, fromFloat32(numbers(name), from)]));
    const bytesOf = (name: string) => bytes.get(name)!;
    const shapes = [..."abc"].map((name) => ({ name, shape: [rows, columns] }));
    shapes.push({ name: "v", shape: [rows * columns] });
    const checkpoint = checkpointOf(shapes, from, (into, begin, { name }) => {
      into.set(bytesOf(name).subarray(begin, begin + into.length));
    });
    const [a, b, c, v] = [...checkpoint.tensors.values()];
    const bands: Band[] = [
      { count: 150, runs: [{ source: a, row: 50 }] },
      { count: 30, runs: [{ source: b, row: 10 }, { source: b, row: 40 }] },
      { count: 200, runs: [{ source: c, row: 0 }, { source: b, row: 0 }] },
    ];
    const order = [
      ...Array.from({ length: 150 }, (_, i) => ["a", 50 + i] as const),
      ...Array.from({ length: 60 }, (_, i) => ["b", (i % 2 ? 40 : 10) + (i >> 1)] as const),
      ...Array.from({ length: 400 }, (_, i) => [i % 2 ? "b" : "c", i >> 1] as const),
    ];
    for (const to of DTYPES) {
      const up = new Uploader(gpu, checkpoint, to);
      const matrix = up.matrix("m", bands);
      const vector = up.vector("v", [{ count: 33, runs: [{ source: v, row: 5 }, { source: v, row: 90 }] }]);
      await up.run();
      const got = await readRows(gpu, matrix);
      const size = WEIGHT_BYTES[to];
      order.forEach(([name, row], i) => {
        const width = columns * WEIGHT_BYTES[from];
        const want = new Uint8Array(padTo8(columns) * size);
        want.set(convertWeights(bytesOf(name).subarray(row * width, (row + 1) * width), from, to));
        const at = i * want.length;
        assertEquals(got.subarray(at, at + want.length), want, `${from} to ${to}, row ${i}`);
      });
      const stored = new Float32Array(convertWeights(bytesOf("v"), from, "float32").slice().buffer);
      const wanted = Array.from({ length: 72 }, (_, i) => i < 66 ? stored[(i % 2 ? 90 : 5) + (i >> 1)] : 0);
      assertEquals([...await readFloats(gpu, vector, 72)], wanted, `${from} to float32, a vector`);
      freeMatrix(gpu, matrix);
      gpu.free(vector);
    }
  }
});

Deno.test("Uploader: pairs of rows are stored apart for any conversion; adjacent if a matrix is split", async () => {
  using gpu = await Gpu.open();
  const [rows, columns] = [48, 16];
  const numbers = (name: string) =>
    Float32Array.from({ length: rows * columns }, (_, i) => name.charCodeAt(0) + i);
  const shapes = [..."ab"].map((name) => ({ name, shape: [rows, columns] }));
  const checkpoint = checkpointOf(shapes, "float32", (into, begin, { name }) => {
    into.set(fromFloat32(numbers(name), "float32").subarray(begin, begin + into.length));
  });
  const [a, b] = [...checkpoint.tensors.values()];
  const turns: Band[] = [{ count: rows, runs: [{ source: a, row: 0 }, { source: b, row: 0 }] }];
  const halves = [a, b].flatMap((source): Band[] =>
    [0, 16, 32].map((row) => ({ count: 8, runs: [{ source, row }, { source, row: row + 8 }] }))
  );
  for (const [bands, apart] of [[turns, rows], [halves, 8]] as const) {
    for (const to of ["float32", "bfloat16"] as const) {
      for (const split of [false, true]) {
        Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: !split } });
        const up = new Uploader(gpu, checkpoint, to);
        const matrix = withBinding(gpu, split ? 32 * columns * 4 : undefined, () => up.matrix("m", bands));
        assertEquals(matrix.apart, matrix.parts.length > 1 ? 1 : apart);
        await up.run();
        const got = convertWeights(await readRows(gpu, matrix), to, "float32");
        const wanted = bands.flatMap(({ count, runs }) =>
          Array.from(
            { length: count * 2 },
            (_, i) => [runs[i % 2]!.source.name, runs[i % 2]!.row + (i >> 1)] as const,
          )
        );
        wanted.forEach(([name, row], i) => {
          const want = convertWeights(
            convertWeights(
              fromFloat32(numbers(name).subarray(row * columns, (row + 1) * columns), "float32"),
              "float32",
              to,
            ),
            to,
            "float32",
          );
          const at = placeOf(matrix, i) * want.length;
          assertEquals(
            got.subarray(at, at + want.length),
            want,
            `${apart} apart, to ${to}, split ${split}: row ${i}`,
          );
        });
        freeMatrix(gpu, matrix);
      }
    }
  }
});

/** Bytes of all arrays allocated, by any code, during a run. */
async function bytesMade(run: () => Promise<void>): Promise<number> {
  const names = [
    "ArrayBuffer",
    "Uint8Array",
    "Uint16Array",
    "Uint32Array",
    "Int16Array",
    "Int32Array",
  ] as const;
  const all = globalThis as Record<string, unknown>;
  const before = [...names, "Float16Array", "Float32Array", "Float64Array"].map((name) =>
    [name, all[name]] as const
  );
  let bytes = 0;
  for (const [name, original] of before) {
    all[name] = new Proxy(original as typeof Uint8Array, {
      construct(target, args) {
        const made = Reflect.construct(target, args);
        const isView = args[0] instanceof (before[0][1] as typeof ArrayBuffer);
        if (!isView) bytes += made.byteLength;
        return made;
      },
    });
  }
  try {
    await run();
  } finally {
    for (const [name, original] of before) all[name] = original;
  }
  return bytes;
}

/** Limit on the bytes of weights held by the host during upload, excluding the driver's. */
const MOST_BYTES = 16 * 2 ** 20;

Deno.test("Uploader: whatever the model's size and its types, the host holds few bytes of it", async () => {
  const traits = { subgroupSize: 8, timestamps: false, software: true };
  for (const from of DTYPES) {
    for (const to of [...DTYPES, "auto", "int4"] as const) {
      const made: number[] = [];
      let total = 0;
      for (const numHiddenLayers of [1, 3]) {
        const config = LlamaConfig.from({
          vocabSize: 4000,
          hiddenSize: 512,
          intermediateSize: 4096,
          numHiddenLayers,
          numAttentionHeads: 8,
          attentionBias: true,
        });
        const heads = causalHead(config);
        const checkpoint = checkpointOf(modelTensors(config, heads), from, (into) => into.fill(0x22));
        total = [...checkpoint.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0);
        const gpu = Gpu.counting(traits);
        gpu.drain = () => Promise.resolve();
        const { upload } = await allocateWeights(gpu, checkpoint, config, {
          dtype: to === "int4" ? "auto" : to,
          heads,
          int4: (module) => {
            const tensor = checkpoint.tensors.get(`${module}.weight`);
            const wanted = to === "int4" && tensor && isQuantizable(tensor, 128);
            return wanted ? quantizingSource(checkpoint, tensor, 128) : undefined;
          },
        });
        made.push(await bytesMade(() => upload.run()));
        assert(upload.pool.madeBytes > 0 && upload.pool.madeBytes <= made.at(-1)!, "the pool's are counted");
      }
      const what = `${from} to ${to}: ${made} bytes made for a third and all of ${total}`;
      assert(made[1] <= MOST_BYTES, what);
      // Allocations outside the pool are a few numbers per piece.
      assert(made[1] - made[0] < 2 ** 20, what);
    }
  }
});
