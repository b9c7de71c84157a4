/**
 * Results mirrored in textures: the same bits as in the buffers, zero padding, and read instead of the
 * buffer.
 */
import { Gpu } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import type { Workgroups } from "../gpu/plan.ts";
import { attention, partialBytes } from "./attention.ts";
import { rotateInto } from "./keep_kv.ts";
import { addTo, gateTo, linear, storeTo } from "./linear.ts";
import { embed, gather } from "./embed_norm_gather.ts";
import { copyMirror } from "../../tests/support/mirrors.ts";
import { assertSameBits, KernelTest, numbers, stored } from "../../tests/support/ops.ts";

const COPY = `
@group(0) @binding(0) var mirrored: texture_storage_2d_array<rgba32float, read>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4f>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  copy[id.y * groups.x + id.x] = textureLoad(mirrored, id.xy, 0);
}`;

/** A test with one mirror, [tokens, width padded to 8]. */
class MirrorTest extends KernelTest {
  readonly stride: number;
  readonly mirror: GPUTexture;

  constructor(gpu: Gpu, readonly tokens: number, width: number) {
    super(gpu);
    this.stride = padTo8(width);
    this.mirror = gpu.mirror("mirror", this.stride / 4, tokens);
  }

  /** Writes the mirror from the host. */
  fill(values: Float64Array): void {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    this.gpu.writeTexture(this.mirror, 0, 0, this.tokens, bytes);
  }

  /** Runs the recorded steps; the mirror must match the buffer. */
  async check(y: GPUBuffer, what: string): Promise<void> {
    const copy = this.output(this.tokens * this.stride);
    this.plan.add(
      "copy",
      COPY,
      { 0: this.mirror, 1: copy },
      (): Workgroups => [this.stride / 4, this.tokens, 1],
    );
    await this.run();
    const count = this.tokens * this.stride;
    const [mirrored, kept] = [await this.read(copy, count, what), await this.read(y, count, what)];
    assertSameBits(mirrored, kept, `${what}: mirror`);
  }

  override [Symbol.dispose](): void {
    this.gpu.free(this.mirror);
    super[Symbol.dispose]();
  }
}

async function withGpu(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  using gpu = await Gpu.open();
  // Mirrors are used only on software drivers, but must work on every device.
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: true } });
  await run(gpu);
}

const zeros = (count: number) => new Float32Array(count);

Deno.test("linear: reads a mirror as it reads a buffer, to the bit", () =>
  withGpu(async (gpu) => {
    const [tokens, width, rows] = [5, 100, 13];
    const x = numbers(1, tokens * padTo8(width)).map((value, i) => i % padTo8(width) < width ? value : 0);
    const weight = stored(numbers(2, rows * width), "float16");
    const results: Float32Array[] = [];
    for (const mirrored of [false, true]) {
      using test = new MirrorTest(gpu, tokens, width);
      test.fill(x);
      const y = test.output(tokens * 16);
      linear(test.plan, {
        label: "linear",
        matrix: test.matrix(weight, rows, width, "float16"),
        x: test.floats(mirrored ? x.map(() => NaN) : x),
        xMirror: mirrored ? test.mirror : undefined,
        batch: test.rows(tokens),
        tokens: () => tokens,
        columns: 2,
        norm: { weight: test.floats(numbers(3, padTo8(width))), eps: 1e-5 },
        finish: storeTo(y, 16),
      });
      await test.run();
      results.push(await test.read(y, tokens * 16, "linear from a mirror"));
    }
    assertSameBits(results[1], results[0], "linear from a mirror");
  }));

Deno.test("finish_residual and finish_gated: mirrors of sizes that are not a multiple of 8", () =>
  withGpu(async (gpu) => {
    const [tokens, width] = [3, 9];
    for (const rows of [1, 13, 30]) {
      using residual = new MirrorTest(gpu, tokens, rows);
      const before = numbers(4, tokens * residual.stride).map((v, i) => i % residual.stride < rows ? v : 0);
      const step = (test: KernelTest, count: number) => ({
        label: "linear",
        matrix: test.matrix(numbers(2, count * width), count, width, "float32"),
        x: test.floats(numbers(1, tokens * 16).map((v, i) => i % 16 < width ? v : 0)),
        batch: test.rows(tokens),
        tokens: () => tokens,
        columns: 4,
      });
      const y = residual.filledOutput(before);
      linear(residual.plan, { ...step(residual, rows), finish: addTo(y, residual.stride, residual.mirror) });
      await residual.check(y, `finish_residual of ${rows}`);

      using gated = new MirrorTest(gpu, tokens, rows);
      const inner = gated.filledOutput(zeros(tokens * gated.stride));
      const finish = gateTo(inner, gated.stride, "silu", {}, gated.mirror);
      linear(gated.plan, { ...step(gated, 2 * rows), finish });
      await gated.check(inner, `finish_gated of ${rows}`);
    }
  }));

Deno.test("embed and gather: mirrors", () =>
  withGpu(async (gpu) => {
    const width = 13;
    using embedded = new MirrorTest(gpu, 3, width);
    const x = embedded.output(3 * embedded.stride);
    embed(embedded.plan, {
      table: embedded.matrix(stored(numbers(1, 10 * width), "bfloat16"), 10, width, "bfloat16"),
      x,
      xMirror: embedded.mirror,
      batch: embedded.batch([[9, 0, 0, 0], [0, 0, 0, 0], [4, 0, 0, 0]]),
      tokens: () => 3,
    });
    await embedded.check(x, "embed");

    using gathered = new MirrorTest(gpu, 2, width);
    const y = gathered.output(2 * gathered.stride);
    gather(gathered.plan, {
      index: gathered.words([2, 4, 1]),
      x: gathered.floats(numbers(2, 5 * gathered.stride)),
      y,
      yMirror: gathered.mirror,
      width,
      count: () => 2,
    });
    await gathered.check(y, "gather");
  }));

Deno.test("finish_qkv: the cache's mirrors", () =>
  withGpu(async (gpu) => {
    const [slots, capacity, width] = [2, 5, 24];
    for (const shape of [{ heads: 4, kvHeads: 2, headDim: 8 }, { heads: 3, kvHeads: 3, headDim: 64 }]) {
      using test = new KernelTest(gpu);
      const [vecs, strips] = [shape.headDim / 4, slots * shape.kvHeads];
      const floats = strips * capacity * shape.headDim;
      const rows = (shape.heads + 2 * shape.kvHeads) * shape.headDim;
      const places = [[0, 1, 3, 3], [0, 0, 4, 4], [0, 1, 4, 4]];
      const kept = ["keys", "values"].map(() => test.filledOutput(zeros(floats)));
      const mirrors = ["keys", "values"].map((label) => test.texture(label, vecs, capacity, strips));
      linear(test.plan, {
        label: "qkv_proj",
        matrix: test.matrix(numbers(1, rows * width), rows, width, "float32"),
        x: test.floats(numbers(2, places.length * width)),
        batch: test.batch(places, capacity),
        tokens: () => places.length,
        columns: 2,
        finish: rotateInto(shape, {
          q: test.output(places.length * shape.heads * shape.headDim),
          kv: {
            dtype: "float32",
            shares: [{ firstHead: 0, heads: shape.kvHeads, keys: kept[0], values: kept[1] }],
            mirrors: { keys: mirrors[0], values: mirrors[1] },
          },
          rotations: test.floats(numbers(3, capacity * shape.headDim)),
        }),
      });
      const copies = mirrors.map((mirror) => copyMirror(test, mirror));
      await test.run();
      for (const [i, part] of ["keys", "values"].entries()) {
        const what = `finish_qkv ${JSON.stringify(shape)}: mirror of ${part}`;
        assertSameBits(
          await test.read(copies[i], floats, what),
          await test.read(kept[i], floats, what),
          what,
        );
      }
    }
  }));

Deno.test("attention and attention_combine: mirrors", () =>
  withGpu(async (gpu) => {
    const shape = { heads: 3, kvHeads: 1, headDim: 4 };
    const capacity = 300;
    for (const [splits, tile, positions] of [[1, 1, [5, 40]], [2, 1, [10, 299]], [1, 2, [7, 8]]] as const) {
      using test = new MirrorTest(gpu, 2, 12);
      const out = test.filledOutput(zeros(2 * 16));
      attention(test.plan, {
        label: "attention",
        ...shape,
        kv: {
          dtype: "float32",
          shares: [{
            firstHead: 0,
            heads: 1,
            keys: test.floats(numbers(2, capacity * 4)),
            values: test.floats(numbers(3, capacity * 4)),
          }],
        },
        workspace: {
          q: test.floats(numbers(1, 2 * 12)),
          batch: test.batch(positions.map((position) => [0, 0, position, position]), capacity),
          tiles: test.words(tile === 1 ? [0, 1, 1, 1] : [0, 2]),
          tileTokens: tile,
          attended: out,
          mirrors: { attended: test.mirror },
          partial: test.floats(zeros(partialBytes(shape, 2, splits) / 4)),
          count: 2,
          tileCount: 2 / tile,
          splits,
          reach: 0,
        },
      });
      await test.check(out, `attention in ${splits} splits, tiles of ${tile}`);
    }
  }));
