import { assertEquals } from "@std/assert";
import { Random } from "../base/random.ts";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { attention as attentionTwin, MASKED } from "../reference/attention.ts";
import { attention, attentionWeights, partialBytes } from "./attention.ts";
import { promptTile, splitsOf } from "./attention_cut.ts";
import { type HeadShape, headStride } from "./linear.ts";
import { KV_DTYPES, type KvDtype } from "./kv_layer.ts";
import { keptRows, kvLayer } from "../trial/kv_trial.ts";
import { hardwareGpu } from "../../tests/support/linear.ts";
import {
  assertSameBits,
  assertWithin,
  EPS,
  KernelTest,
  numbers,
  padRows,
  trimRows,
} from "../../tests/support/ops.ts";

/** Adjacent tokens of one sequence, at these positions of a cache that is filled up to the last. */
interface Sequence {
  slot: number;
  first: number;
  count: number;
}

interface Case extends HeadShape {
  sequences: Sequence[];
  tile: number;
  capacity: number;
  /** Additive mask, [tokens, keys]. */
  mask?: Float64Array;
  /** Default: float32. */
  dtype?: KvDtype;
}

/** One case on the device and by the reference: outputs and weights of all tokens. */
class Attention {
  readonly tokens: number;
  readonly keyCount: number;
  readonly rows: number[][] = [];
  readonly tiles: number[] = [];
  readonly q: Float64Array;
  /** [slots, kvHeads, capacity, headDim]; NaN where nothing was cached. */
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly output: Float64Array;
  readonly weights: Float64Array;

  constructor(readonly one: Case) {
    const { heads, kvHeads, headDim, capacity, sequences, tile } = one;
    for (const { slot, first, count } of sequences) {
      for (let i = 0; i < count; i += tile) {
        this.tiles.push(this.rows.length + i, Math.min(tile, count - i));
      }
      for (let i = 0; i < count; i++) this.rows.push([0, slot, first + i, first + i]);
    }
    this.tokens = this.rows.length;
    this.keyCount = Math.max(...sequences.map(({ first, count }) => first + count));
    const slots = Math.max(...sequences.map(({ slot }) => slot)) + 1;
    // A token's query and a slot's keys are the same in every case.
    this.q = Float64Array.from(this.rows.flatMap(([, slot, position]) => [
      ...numbers(1000 * slot + position, heads * headDim),
    ]));
    this.keys = new Float64Array(slots * kvHeads * capacity * headDim).fill(NaN);
    this.values = this.keys.slice();
    this.output = new Float64Array(this.tokens * heads * headDim);
    this.weights = new Float64Array(this.tokens * heads * this.keyCount);
    let done = 0;
    for (const { slot, first, count } of sequences) {
      const keys = first + count;
      const [k, v] = [2, 3].map((seed) =>
        keptRows(numbers(seed + slot, keys * kvHeads * headDim), headDim, one.dtype ?? "float32")
      );
      for (let key = 0; key < keys; key++) {
        for (let head = 0; head < kvHeads; head++) {
          const from = (key * kvHeads + head) * headDim;
          const to = ((slot * kvHeads + head) * capacity + key) * headDim;
          this.keys.set(k.subarray(from, from + headDim), to);
          this.values.set(v.subarray(from, from + headDim), to);
        }
      }
      const { output, weights } = attentionTwin({
        q: this.q.subarray(done * heads * headDim, (done + count) * heads * headDim),
        k,
        v,
        queries: count,
        keys,
        heads,
        keyValueHeads: kvHeads,
        headDim,
        mask: one.mask,
      });
      this.output.set(output, done * heads * headDim);
      for (let head = 0; head < heads; head++) {
        for (let i = 0; i < count; i++) {
          const row = weights.subarray((head * count + i) * keys, (head * count + i + 1) * keys);
          this.weights.set(row, ((done + i) * heads + head) * this.keyCount);
        }
      }
      done += count;
    }
  }

  /** Error bound: a dot product in the exponent, and a sum over the keys. */
  get bound(): number {
    const largest = (x: Float64Array) => x.reduce((most, n) => Math.max(most, Math.abs(n) || 0), 0);
    const { headDim } = this.one;
    const score = Math.sqrt(headDim) * largest(this.q) * largest(this.keys);
    return EPS * (Math.sqrt(headDim) * score + 4 * Math.sqrt(this.keyCount) + 16) * largest(this.values);
  }

  get what(): string {
    const { mask, ...rest } = this.one;
    return `attention ${JSON.stringify({ ...rest, mask: mask !== undefined })}`;
  }

  inputs(test: KernelTest, mirrored = false) {
    const { one, one: { headDim, kvHeads, capacity, mask, dtype = "float32" }, keys, values } = this;
    const slots = keys.length / kvHeads / capacity / headDim;
    return {
      q: test.floats(padRows(this.q, headDim, headStride(headDim))),
      kv: kvLayer(test, one, dtype, { keys, values, slots, capacity }, mirrored),
      batch: test.batch(this.rows, capacity, this.keyCount),
      mask: mask && test.floats(mask),
      scale: headDim ** -0.5,
      tokens: () => this.tokens,
    };
  }

  async check(gpu: Gpu, mirrored: boolean): Promise<void> {
    assertWithin(await this.run(gpu, mirrored), this.output, this.bound, this.what);
  }

  /** The device's result, [tokens, heads, headDim]. */
  async run(gpu: Gpu, mirrored = false, partKeys?: number): Promise<Float32Array> {
    using test = new KernelTest(gpu);
    const { one, tokens } = this;
    const splits = one.tile === 1 ? splitsOf(this.keyCount, gpu.traits) : 1;
    const inputs = this.inputs(test, mirrored);
    const before = test.plan.dispatches();
    const width = one.heads * one.headDim;
    const outStride = padTo8(width);
    const out = test.output(tokens * outStride);
    const partialFloats = partKeys ? KEPT_FLOATS : partialBytes(one, tokens, splits) / 4;
    const partial = partKeys
      ? test.filledOutput(new Float32Array(KEPT_FLOATS), "partial")
      : test.output(partialFloats, "partial");
    attention(test.plan, {
      label: "attention",
      ...one,
      ...inputs,
      workspace: {
        ...inputs,
        tiles: test.words(this.tiles),
        tileTokens: one.tile,
        attended: out,
        mirrors: {},
        partial,
        count: tokens,
        tileCount: this.tiles.length / 2,
        splits,
        reach: this.keyCount,
        parts: partKeys ? { keys: partKeys, most: 9 } : undefined,
      },
    });
    assertEquals(
      test.plan.dispatches() - before,
      splits > 1 ? 2 : Math.ceil(this.keyCount / (partKeys ?? Infinity)) || 1,
      `${this.what}: attention_combine runs only for splits`,
    );
    await test.run();
    // Again: parts leave no trace.
    if (partKeys) await test.run();
    const got = await test.read(out, tokens * outStride, this.what);
    await test.read(partial, partialFloats, this.what);
    return Float32Array.from(trimRows(got, width, outStride));
  }

  async checkWeights(gpu: Gpu): Promise<void> {
    using test = new KernelTest(gpu);
    const { heads } = this.one;
    const size = this.tokens * heads * this.keyCount;
    const weights = test.output(size);
    attentionWeights(test.plan, { ...this.one, ...this.inputs(test), weights, keyCount: this.keyCount });
    await test.run();
    const what = `attention_weights ${this.what}`;
    assertWithin(await test.read(weights, size, what), this.weights, this.bound, what);
  }
}

/** More than the workgroups of a test keep from one part of the keys to the next. */
const KEPT_FLOATS = 32 * (6 * 256 + 1) * 4;

const at = (slot: number, position: number): Sequence => ({ slot, first: position, count: 1 });

const DECODE: Case[] = [
  { heads: 4, kvHeads: 4, headDim: 16, tile: 1, capacity: 3, sequences: [at(0, 0)] },
  { heads: 6, kvHeads: 3, headDim: 6, tile: 1, capacity: 66, sequences: [at(0, 5), at(1, 63), at(2, 65)] },
  {
    heads: 8,
    kvHeads: 2,
    headDim: 128,
    tile: 1,
    capacity: 701,
    sequences: [at(2, 255), at(0, 256), at(1, 700)],
  },
  { heads: 8, kvHeads: 1, headDim: 64, tile: 1, capacity: 1024, sequences: [at(0, 0), at(1, 1023)] },
  { heads: 12, kvHeads: 1, headDim: 10, tile: 1, capacity: 300, sequences: [at(0, 299)] },
  { heads: 3, kvHeads: 3, headDim: 32, tile: 1, capacity: 259, sequences: [at(1, 0), at(0, 258)] },
];

const prompt = (shape: HeadShape, capacity: number, ...sequences: Sequence[]): Case => ({
  ...shape,
  capacity,
  sequences,
  tile: promptTile(shape, { software: false, subgroupSize: 0 }),
});

/** Each case in the device's tiles; on a software driver in GPU-sized ones too, which no subgroup can process. */
const inTiles = (gpu: Gpu, cases: Case[]): Case[] =>
  cases.flatMap((
    one,
  ) => [...gpu.traits.software ? [{ ...one, tile: promptTile(one, gpu.traits) }] : [], one]);

const PROMPTS: Case[] = [
  prompt(
    { heads: 4, kvHeads: 1, headDim: 10 },
    64,
    { slot: 1, first: 0, count: 13 },
    { slot: 0, first: 60, count: 3 },
  ),
  prompt({ heads: 2, kvHeads: 2, headDim: 16 }, 300, { slot: 0, first: 250, count: 21 }),
  prompt({ heads: 2, kvHeads: 1, headDim: 160 }, 140, { slot: 0, first: 60, count: 70 }),
  prompt({ heads: 8, kvHeads: 1, headDim: 64 }, 5, { slot: 0, first: 0, count: 5 }),
  prompt(
    { heads: 4, kvHeads: 2, headDim: 96 },
    70,
    { slot: 1, first: 0, count: 9 },
    { slot: 0, first: 61, count: 8 },
  ),
];

/** A mask of zeros, masked entries and values in between; two rows mask everything. */
function someMask(tokens: number, keys: number): Float64Array {
  const random = new Random(9);
  return Float64Array.from({ length: tokens * keys }, (_, i) => {
    const kind = random.fraction();
    if (Math.floor(i / keys) % 4 === 1) return MASKED;
    return kind < 0.4 ? 0 : kind < 0.7 ? -1.5 : kind < 0.9 ? MASKED : -Infinity;
  });
}

const MASKED_CASES: Case[] = [
  {
    ...prompt({ heads: 4, kvHeads: 2, headDim: 16 }, 80, { slot: 0, first: 61, count: 9 }),
    mask: someMask(9, 70),
  },
  {
    ...prompt({ heads: 3, kvHeads: 3, headDim: 6 }, 5, { slot: 0, first: 0, count: 5 }),
    mask: someMask(5, 5),
  },
  {
    ...prompt({ heads: 4, kvHeads: 2, headDim: 32 }, 80, { slot: 0, first: 61, count: 9 }),
    mask: someMask(9, 70),
  },
];

/** Runs with this device's kernels, then with those for GPUs. */
async function withGpus(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  for (const open of [Gpu.open, hardwareGpu]) {
    using gpu = await open();
    await run(gpu);
  }
}

Deno.test("attention_token: keys in splits, merged by attention_combine", () =>
  withGpus(async (gpu) => {
    for (const one of DECODE) await new Attention(one).check(gpu, false);
  }));

// Heads of 32, 64, 96 and 128 use attention_lanes on a software driver, in its own tiles.
Deno.test("attention_prompt and attention_lanes: prompts in tiles", () =>
  withGpus(async (gpu) => {
    for (const one of inTiles(gpu, PROMPTS)) await new Attention(one).check(gpu, false);
  }));

Deno.test("attention under an explicit mask: a row that masks all is the mean", () =>
  withGpus(async (gpu) => {
    for (const one of inTiles(gpu, MASKED_CASES)) await new Attention(one).check(gpu, false);
  }));

Deno.test("attention over the textures that mirror_kv fills", async () => {
  using gpu = await Gpu.open();
  for (const one of [DECODE[1], DECODE[2], ...inTiles(gpu, [PROMPTS[0], PROMPTS[4], MASKED_CASES[2]])]) {
    await new Attention(one).check(gpu, true);
  }
});

Deno.test("attention over keys and values of every storage type, in buffers and in mirrors", () =>
  withGpus(async (gpu) => {
    const shapes = [DECODE[1], DECODE[4], ...inTiles(gpu, [PROMPTS[0], MASKED_CASES[2]])];
    for (const dtype of KV_DTYPES) {
      for (const one of shapes) await new Attention({ ...one, dtype }).check(gpu, false);
      if (!gpu.traits.software) continue;
      await new Attention({ ...DECODE[2], dtype }).check(gpu, true);
      await new Attention({ ...PROMPTS[4], dtype }).check(gpu, true);
      await new Attention({ ...PROMPTS[0], dtype }).checkWeights(gpu);
    }
  }));

Deno.test("attention: a token's bits depend neither on other sequences nor on the tile it is in", () =>
  withGpus(async (gpu) => {
    const shape = { heads: 4, kvHeads: 2, headDim: 64 };
    const width = shape.heads * shape.headDim;
    const decode = (...sequences: Sequence[]) =>
      new Attention({ ...shape, capacity: 4500, tile: 1, sequences }).run(gpu);
    const all = [at(0, 40), at(1, 255), at(2, 256), at(3, 4400)];
    const together = await decode(...all);
    for (const [i, one] of all.entries()) {
      assertSameBits(
        await decode(one),
        together.subarray(i * width, (i + 1) * width),
        `position ${one.first}`,
      );
    }
    const tile = promptTile(shape, gpu.traits);
    const prompt = (first: number) =>
      new Attention({ ...shape, capacity: 160, tile, sequences: [{ slot: 0, first, count: 160 - first }] })
        .run(gpu);
    const whole = await prompt(0);
    for (const first of [1, 37, 64, 158]) {
      assertSameBits(await prompt(first), whole.subarray(first * width), `a prompt's rows from ${first}`);
    }
  }));

Deno.test("attention_parts: a prompt's keys in several dispatches give the same bits as in one, see attention_whole", async () => {
  using gpu = await hardwareGpu();
  for (const shape of [{ heads: 4, kvHeads: 2, headDim: 64 }, { heads: 2, kvHeads: 1, headDim: 160 }]) {
    const sequences = [
      { slot: 0, first: 190, count: 35 },
      { slot: 1, first: 0, count: 13 },
      at(2, 63),
      at(3, 64),
    ];
    const one = new Attention(prompt(shape, 240, ...sequences));
    const whole = await one.run(gpu);
    for (const keys of [64, 128, 192]) {
      assertSameBits(await one.run(gpu, false, keys), whole, `${keys} keys at once`);
    }
  }
});

Deno.test("attention_weights: match the reference, zero past the end", async () => {
  using gpu = await Gpu.open();
  for (const one of [DECODE[1], PROMPTS[0], MASKED_CASES[0]]) await new Attention(one).checkWeights(gpu);
});
