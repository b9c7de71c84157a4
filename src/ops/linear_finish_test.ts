import { assert, assertAlmostEquals } from "@std/assert";
import { HIDDEN_ACTIVATIONS } from "../checkpoint/config/activations.ts";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { ACTIVATIONS } from "../reference/activation.ts";
import { linear as linearTwin } from "../reference/linear.ts";
import { applyRope } from "../reference/rope.ts";
import { rotateInto } from "./keep_kv.ts";
import { gateTo, type HeadShape, headStride, linear } from "./linear.ts";
import { plainGpu } from "../../tests/support/linear.ts";
import type { Columns } from "./tuning.ts";
import {
  assertWithin,
  EPS,
  KernelTest,
  numbers,
  padRows,
  stored,
  trimRows,
  untouched,
} from "../../tests/support/ops.ts";

/**
 * Parameters of a learned activation: the reference's initial values, inferred from its results at -1, 1 and
 * -40.
 */
function learned(name: string): Record<string, number> {
  const { prelu, xielu } = ACTIVATIONS;
  if (name === "prelu") return { PRELU_SLOPE: -prelu(-1) };
  if (name === "xielu") return { XIELU_POSITIVE: xielu(1) - 0.5, XIELU_NEGATIVE: (xielu(-40) + 20) / 39 };
  return {};
}

Deno.test("finish_gated: every activation over its range", async () => {
  using gpu = await Gpu.open();
  const inputs = [
    -1e4,
    -90,
    -30,
    -16,
    -9,
    -5.5,
    -3,
    -2,
    -1,
    -0.5,
    -1e-3,
    0,
    1e-4,
    0.1,
    0.7,
    1,
    2,
    3,
    4.5,
    6.5,
    12,
    20,
    95,
  ];
  for (const name of new Set(Object.values(HIDDEN_ACTIVATIONS))) {
    const twin = ACTIVATIONS[name === "gelu_tanh" ? "gelu_new" : name];
    using test = new KernelTest(gpu);
    const stride = padTo8(inputs.length);
    const y = test.output(stride);
    linear(test.plan, {
      label: "gate_up_proj",
      matrix: test.matrix(
        Float64Array.from(inputs.flatMap((x) => [x, 1]), Math.fround),
        inputs.length * 2,
        1,
        "float32",
      ),
      x: test.floats([1, 0, 0, 0, 0, 0, 0, 0]),
      batch: test.rows(1),
      tokens: () => 1,
      columns: 1,
      finish: gateTo(y, stride, name, learned(name)),
    });
    await test.run();
    const what = `finish_gated ${name}`;
    const got = (await test.read(y, stride, what)).subarray(0, inputs.length);
    const want = inputs.map((x) => twin(Math.fround(x)));
    // exp, tanh and the fit of erf have an error of a few ulps of numbers about as large as x.
    assertWithin(got, want, (i) => 8 * EPS * (1 + Math.abs(inputs[i]) + Math.abs(want[i])), what);
  }
});

Deno.test("finish_gated: alternating gate and up, odd sizes", async () => {
  using gpu = await Gpu.open();
  await checkGated(gpu, [1, 4]);
  using plain = await plainGpu();
  await checkGated(plain, ["prompt"]);
});

async function checkGated(gpu: Gpu, ways: readonly Columns[]): Promise<void> {
  const [tokens, width, inner] = [5, 21, 19];
  const x = numbers(1, tokens * width);
  const gate = stored(numbers(2, inner * width, 0.5), "bfloat16");
  const up = stored(numbers(3, inner * width, 0.5), "bfloat16");
  const bias = numbers(4, inner * 2);
  const turns = new Float64Array(inner * 2 * width);
  for (let i = 0; i < inner; i++) {
    turns.set(gate.subarray(i * width, (i + 1) * width), 2 * i * width);
    turns.set(up.subarray(i * width, (i + 1) * width), (2 * i + 1) * width);
  }
  const even = bias.filter((_, i) => i % 2 === 0);
  const odd = bias.filter((_, i) => i % 2 === 1);
  const g = linearTwin(x, gate, even, tokens, width, inner);
  const u = linearTwin(x, up, odd, tokens, width, inner);
  const want = g.map((value, i) => ACTIVATIONS.silu(value) * u[i]);
  const size = (w: Float64Array, b: Float64Array) =>
    linearTwin(x.map(Math.abs), w.map(Math.abs), b.map(Math.abs), tokens, width, inner);
  const [gSize, uSize] = [size(gate, even), size(up, odd)];
  for (const [columns, apart] of ways.flatMap((columns) => [[columns, 1], [columns, inner]] as const)) {
    using test = new KernelTest(gpu);
    const stride = padTo8(inner);
    const y = test.output(tokens * stride);
    linear(test.plan, {
      label: "gate_up_proj",
      matrix: test.matrix(turns, inner * 2, width, "bfloat16", apart),
      x: test.floats(padRows(x, width, padTo8(width))),
      batch: test.rows(tokens),
      tokens: () => tokens,
      columns,
      bias: test.floats(bias),
      finish: gateTo(y, stride, "silu"),
    });
    await test.run();
    const what = `finish_gated ${tokens} × ${width} → ${inner}, ${columns} columns, ${apart} apart`;
    const got = trimRows(await test.read(y, tokens * stride, what), inner, stride);
    // silu's slope is below 1.1.
    const sum = (width / 4 + 16) * EPS;
    assertWithin(
      got,
      want,
      (i) => sum * (1.1 * gSize[i] * Math.abs(u[i]) + Math.abs(g[i]) * uSize[i]),
      what,
    );
  }
}

/** Rows of q, k or v in kernel order: the two features that rotate together are adjacent. */
function paired(weight: Float64Array, width: number, headDim: number): Float64Array {
  const half = headDim / 2;
  const result = new Float64Array(weight.length);
  for (let row = 0; row < weight.length / width; row++) {
    const within = row % headDim;
    const to = row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    result.set(weight.subarray(row * width, (row + 1) * width), to * width);
  }
  return result;
}

const SHAPES: (HeadShape & { columns: Columns; bias: boolean; apart: number })[] = [
  { heads: 4, kvHeads: 2, headDim: 16, columns: 1, bias: false, apart: 1 },
  { heads: 4, kvHeads: 2, headDim: 16, columns: 1, bias: false, apart: 8 },
  { heads: 3, kvHeads: 1, headDim: 10, columns: 4, bias: true, apart: 5 },
  { heads: 2, kvHeads: 2, headDim: 6, columns: 2, bias: true, apart: 3 },
];
/** Heads that end within a tile's thread, and tiles that end within a head. */
const TILE_SHAPES: typeof SHAPES = [1, 5].map((apart) => {
  return { heads: 7, kvHeads: 1, headDim: 10, columns: "prompt", bias: true, apart };
});

Deno.test("finish_qkv: rotated by the rotary position, cached at the cache position, nothing else touched", async () => {
  using gpu = await Gpu.open();
  await checkQkv(gpu, SHAPES);
  using plain = await plainGpu();
  await checkQkv(plain, TILE_SHAPES);
});

async function checkQkv(gpu: Gpu, shapes: typeof SHAPES): Promise<void> {
  for (const shape of shapes) {
    const { heads, kvHeads, headDim, columns, apart } = shape;
    const [width, slots, capacity] = [18, 3, 7];
    // [token, slot, cache position, rotary position]: the first, the last, and ones where the two positions
    // differ.
    const places = [[0, 0, 0, 0], [0, 0, 1, 1], [0, 2, 6, 6], [0, 1, 3, 9], [0, 1, 4, 2]];
    const tokens = places.length;
    const half = headDim / 2;
    const total = heads + 2 * kvHeads;
    const x = numbers(1, tokens * width);
    const weight = stored(numbers(2, total * headDim * width, 0.5), "float16");
    const bias = shape.bias ? numbers(3, total * headDim) : undefined;
    const inverse = Float64Array.from({ length: half }, (_, i) => Math.fround(50 ** (-i / half)));
    const positions = places.map(([, , , position]) => position);
    const attentionScaling = Math.fround(1.25);
    const table = Array.from({ length: 10 }, (_, position) =>
      [...inverse].flatMap((f) => {
        const angle = Math.fround(position * f);
        return [Math.cos(angle) * attentionScaling, Math.sin(angle) * attentionScaling];
      })).flat();

    const flat = linearTwin(x, weight, bias, tokens, width, total * headDim);
    const turned = applyRope(flat, positions, total, headDim, {
      inverseFrequencies: inverse,
      attentionScaling,
    });
    const size = linearTwin(
      x.map(Math.abs),
      weight.map(Math.abs),
      bias?.map(Math.abs),
      tokens,
      width,
      total * headDim,
    );

    using test = new KernelTest(gpu);
    const stride = headStride(headDim);
    const q = test.output(tokens * heads * stride, "q");
    const cacheSize = slots * kvHeads * capacity * stride;
    const [keys, values] = [test.output(cacheSize, "keys"), test.output(cacheSize, "values")];
    linear(test.plan, {
      label: "qkv_proj",
      matrix: test.matrix(paired(weight, width, headDim), total * headDim, width, "float16", apart),
      x: test.floats(padRows(x, width, padTo8(width))),
      batch: test.batch(places, capacity),
      tokens: () => tokens,
      columns,
      bias: bias && test.floats(paired(bias, 1, headDim)),
      finish: rotateInto(shape, {
        q,
        kv: { dtype: "float32", shares: [{ firstHead: 0, heads: kvHeads, keys, values }] },
        rotations: test.floats(table),
      }),
    });
    await test.run();
    const name = `finish_qkv ${JSON.stringify(shape)}`;
    const got = {
      q: await test.read(q, tokens * heads * stride, name),
      keys: await test.read(keys, cacheSize, name),
      values: await test.read(values, cacheSize, name),
    };
    const written = { q: new Set<number>(), keys: new Set<number>(), values: new Set<number>() };
    for (const [token, [, slot, position]] of places.entries()) {
      for (let head = 0; head < total; head++) {
        for (let i = 0; i < headDim; i++) {
          const part = head < heads ? "q" : head < heads + kvHeads ? "keys" : "values";
          const cached = (slot * kvHeads + (head - heads) % kvHeads) * capacity + position;
          const at = (part === "q" ? token * heads + head : cached) * stride + i;
          const from = (token * total + head) * headDim;
          const want = part === "values" ? flat[from + i] : turned[from + i];
          const largest = size[from + i % half] + size[from + i % half + half];
          const bound = (width / 4 + 20) * EPS * largest * attentionScaling;
          assertAlmostEquals(
            got[part][at],
            want,
            bound,
            `${name} ${part}: token ${token}, head ${head}, feature ${i}`,
          );
          written[part].add(at);
        }
      }
    }
    for (const part of ["q", "keys", "values"] as const) {
      for (let i = 0; i < got[part].length; i++) {
        assert(written[part].has(i) !== untouched(got[part], i), `${name} ${part}: [${i}] was touched`);
      }
    }
  }
}
