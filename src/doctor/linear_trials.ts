import { HIDDEN_ACTIVATIONS } from "../checkpoint/config/activations.ts";
import type { LlamaConfig } from "../checkpoint/config/config.ts";
import type { Gpu, GpuTraits } from "../gpu/gpu.ts";
import { padTo8, type StorageDtype } from "../gpu/matrix.ts";
import { freshBytes, keepRows, rotateInto } from "../ops/keep_kv.ts";
import { type KvDtype, type KvLayer, kvRowBytes } from "../ops/kv_layer.ts";
import { decodeRows } from "../ops/kv_rows.ts";
import { addTo, type Finish, gateTo, headStride, linear, storeTo } from "../ops/linear.ts";
import { EPS, KernelTest, numbers, padRows, stored, trimRows } from "../trial/trial.ts";
import { type Columns, inTiles } from "../ops/tuning.ts";
import { ACTIVATIONS } from "../reference/activation.ts";
import { kept } from "../reference/kept.ts";
import { linear as linearTwin } from "../reference/linear.ts";
import { rmsNorm } from "../reference/rms_norm.ts";
import type { Measured, Trial } from "./finding.ts";

/** Number of matrix rows sufficient to detect an error: a workgroup has far fewer. */
const ROWS = 128;

/** A linear map with its inputs and the reference's results. */
class Linear {
  readonly x: Float64Array;
  readonly weight: Float64Array;
  readonly gain: Float64Array | undefined;
  /** W · norm(x). */
  readonly y: Float64Array;
  /** Σ |W| · |norm(x)|, the scale of rounding errors. */
  readonly size: Float64Array;

  constructor(
    readonly width: number,
    readonly rows: number,
    readonly tokens: number,
    readonly dtype: StorageDtype,
    readonly eps: number | undefined,
    readonly columns: Columns,
    readonly apart = 1,
  ) {
    this.x = numbers(1, tokens * width);
    this.weight = stored(numbers(2, rows * width, width ** -0.5), dtype);
    this.gain = eps === undefined ? undefined : numbers(3, width, 0.2, 1);
    const input = this.gain ? rmsNorm(this.x, this.gain, tokens, width, eps!) : this.x;
    this.y = linearTwin(input, this.weight, undefined, tokens, width, rows);
    this.size = linearTwin(input.map(Math.abs), this.weight.map(Math.abs), undefined, tokens, width, rows);
  }

  /** float32 error bound: a sum of `width` products, rounded one by one. */
  bound(i: number): number {
    return EPS * (this.width / 4 + 16) * this.size[i];
  }

  record(test: KernelTest, batch: GPUBuffer, finish: Finish): void {
    const { width, rows, tokens, dtype, gain, eps, columns, apart } = this;
    const stride = padTo8(width);
    linear(test.plan, {
      label: "linear",
      matrix: test.matrix(this.weight, rows, width, dtype, apart),
      x: test.floats(padRows(this.x, width, stride)),
      batch,
      tokens: () => tokens,
      columns,
      norm: gain && { weight: test.floats(padRows(gain, width, stride)), eps: eps! },
      finish,
    });
  }

  /** The map's results in rows of `stride` floats that held `before`. */
  async results(
    gpu: Gpu,
    kernel: string,
    width: number,
    finish: (y: GPUBuffer, stride: number) => Finish,
    before?: Float64Array,
  ): Promise<Float64Array> {
    using test = new KernelTest(gpu);
    const stride = padTo8(width);
    const size = this.tokens * stride;
    const y = before ? test.filledOutput(padRows(before, width, stride)) : test.output(size);
    this.record(test, test.rows(this.tokens), finish(y, stride));
    await test.run();
    return trimRows(await test.read(y, size, kernel), width, stride);
  }
}

/**
 * The linear maps of a layer and of the head, for a single token and several, each with its finishing step.
 */
export function linearTrials(
  config: LlamaConfig,
  dtype: StorageDtype,
  kvDtype: KvDtype,
  traits: GpuTraits,
): Trial[] {
  const { hiddenSize: hidden, intermediateSize, rmsNormEps, vocabSize } = config;
  const inner = Math.min(intermediateSize, ROWS);
  const outs = Math.min(hidden, ROWS);
  const words = Math.min(vocabSize, ROWS);
  const attended = config.numAttentionHeads * config.headDim;
  // More than one tile, if the device uses tiles.
  const work: readonly (readonly [number, Columns])[] = [
    [1, 1],
    [3, 4],
    ...(inTiles(traits, "prompt") ? [[67, "prompt"]] as const : []),
  ];
  return work.flatMap(([tokens, columns]): Trial[] => {
    const of = (width: number, rows: number, eps?: number, apart?: number) => () =>
      new Linear(width, rows, tokens, dtype, eps, columns, apart);
    const shape = (width: number, rows: number) => `${dtype} ${rows} × ${width}, ${tokens} tokens`;
    return [
      qkv(config, tokens, columns, dtype, kvDtype),
      added("linear + residual (o_proj)", shape(attended, outs), of(attended, outs)),
      gated(config, shape(hidden, 2 * inner), of(hidden, 2 * inner, rmsNormEps, inner)),
      added("linear + residual (down_proj)", shape(intermediateSize, outs), of(intermediateSize, outs)),
      plain("norm + linear (lm_head)", shape(hidden, words), of(hidden, words, rmsNormEps)),
    ];
  });
}

function plain(kernel: string, shape: string, make: () => Linear): Trial {
  return {
    kernel,
    shape,
    run: async (gpu) => {
      const one = make();
      const got = await one.results(gpu, kernel, one.rows, storeTo);
      return { got, want: one.y, bound: (i) => one.bound(i) };
    },
  };
}

function added(kernel: string, shape: string, make: () => Linear): Trial {
  return {
    kernel,
    shape,
    run: async (gpu) => {
      const one = make();
      const before = numbers(5, one.tokens * one.rows);
      const got = await one.results(gpu, kernel, one.rows, addTo, before);
      const want = one.y.map((value, i) => value + before[i]);
      return { got, want, bound: (i) => one.bound(i) + 2 * EPS * Math.abs(before[i]) };
    },
  };
}

/** activation(gate) · up; activations with learned parameters are covered by the tests. */
function gated(config: LlamaConfig, shape: string, make: () => Linear): Trial {
  const named = HIDDEN_ACTIVATIONS[config.hiddenAct];
  const name = ["prelu", "xielu"].includes(named) ? "silu" : named;
  const kernel = `norm + linear + ${name} · up (gate_up_proj)`;
  return {
    kernel,
    shape,
    run: async (gpu) => {
      const one = make();
      const got = await one.results(gpu, kernel, one.rows / 2, (y, stride) => gateTo(y, stride, name));
      const twin = ACTIVATIONS[name === "gelu_tanh" ? "gelu_new" : name];
      const at = (i: number) => 2 * i;
      const want = Float64Array.from({ length: got.length }, (_, i) => twin(one.y[at(i)]) * one.y[at(i) + 1]);
      return {
        got,
        want,
        // No activation's slope exceeds 1.2; exp and tanh have an error of a few ulps of numbers about as
        // large as x.
        bound: (i) => {
          const [g, u] = [one.y[at(i)], one.y[at(i) + 1]];
          const sums = 1.2 * one.bound(at(i)) * Math.abs(u) + Math.abs(twin(g)) * one.bound(at(i) + 1);
          return sums + 8 * EPS * (1 + Math.abs(g)) * (1 + Math.abs(u));
        },
      };
    },
  };
}

/** Queries, keys and values, rotated and cached. Rows are pairs of features that rotate together. */
function qkv(
  config: LlamaConfig,
  tokens: number,
  columns: Columns,
  dtype: StorageDtype,
  kvDtype: KvDtype,
): Trial {
  const { headDim, hiddenSize: width } = config;
  const kvHeads = Math.min(2, config.numKeyValueHeads);
  const heads = kvHeads * Math.min(8, config.numAttentionHeads / config.numKeyValueHeads);
  const total = heads + 2 * kvHeads;
  const kernel = "norm + linear + rotation + cache (qkv_proj)";
  return {
    kernel,
    shape: `${dtype} ${total} heads of ${headDim} × ${width}, ${tokens} tokens, cache in ${kvDtype}`,
    run: async (gpu): Promise<Measured> => {
      const [stride, half, capacity] = [headStride(headDim), headDim / 2, tokens + 3];
      const one = new Linear(width, total * headDim, tokens, dtype, config.rmsNormEps, columns, half);
      const angles = Array.from({ length: tokens }, (_, position) =>
        Array.from({ length: half }, (_, i) => {
          const angle = Math.fround(position * Math.fround(config.ropeTheta ** (-i / half)));
          return [Math.fround(Math.cos(angle)), Math.fround(Math.sin(angle))];
        }));
      using test = new KernelTest(gpu);
      const q = test.output(tokens * heads * stride, "q");
      const cacheBytes = kvHeads * capacity * kvRowBytes(headDim, kvDtype);
      const [keys, values] = [test.output(cacheBytes / 4, "keys"), test.output(cacheBytes / 4, "values")];
      const batch = test.batch(Array.from({ length: tokens }, (_, i) => [0, 0, i, i]), capacity);
      const shape = { heads, kvHeads, headDim };
      const kv: KvLayer = { dtype: kvDtype, shares: [{ firstHead: 0, heads: kvHeads, keys, values }] };
      const fresh = test.floats(new Float64Array(freshBytes(shape, tokens) / 4), "fresh");
      one.record(test, batch, rotateInto(shape, { q, kv, fresh, rotations: test.floats(angles.flat(2)) }));
      keepRows(test.plan, { label: "keep", ...shape, kv, fresh, batch, tokens: () => tokens });
      await test.run();
      const cached = async (buffer: GPUBuffer) => {
        const words = await test.read(buffer, cacheBytes / 4, kernel);
        return decodeRows(new Uint8Array(words.slice().buffer), headDim, kvDtype);
      };
      const queries = await test.read(q, tokens * heads * stride, kernel);
      const made = [trimRows(queries, headDim, stride), await cached(keys), await cached(values)];
      const [got, want, bounds]: number[][] = [[], [], []];
      for (let token = 0; token < tokens; token++) {
        for (let head = 0; head < total; head++) {
          const part = head < heads ? 0 : head < heads + kvHeads ? 1 : 2;
          const place = part === 0 ? token * heads + head : (head - heads) % kvHeads * capacity + token;
          const exact = new Float64Array(headDim);
          const errors = new Float64Array(headDim);
          for (let i = 0; i < half; i++) {
            const from = (token * total + head) * headDim + 2 * i;
            const [a, b] = [one.y[from], one.y[from + 1]];
            const [cos, sin] = part === 2 ? [1, 0] : angles[token][i];
            exact[i] = a * cos - b * sin;
            exact[i + half] = b * cos + a * sin;
            errors[i] = errors[i + half] = one.bound(from) + one.bound(from + 1) +
              4 * EPS * (Math.abs(a) + Math.abs(b));
          }
          const stored = part === 0 ? exact : kept(exact, kvDtype);
          const unit = part === 0 ? () => 0 : unitOf(exact, kvDtype);
          for (let i = 0; i < headDim; i++) {
            got.push(made[part][place * headDim + i]);
            want.push(stored[i]);
            // A number near the middle of two may be rounded to the other one.
            bounds.push(errors[i] + unit(exact[i]));
          }
        }
      }
      return { got, want, bound: (i) => bounds[i] };
    },
  };
}

/** Distance of neighbours of a number in a storage type of keys and values. */
function unitOf(head: Float64Array, dtype: KvDtype): (x: number) => number {
  if (dtype === "float32") return () => 0;
  if (dtype === "int8") return () => head.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / 127;
  return (x) => Math.abs(x) * (dtype === "float16" ? 2 ** -10 : 2 ** -7) + 2 ** -24;
}
