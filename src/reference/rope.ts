import { DataError } from "../base/errors.ts";

/** config.json's `rope_scaling`, with the fields of all types. */
export interface RopeScaling {
  /** default, linear, dynamic, yarn, longrope or llama3. */
  rope_type?: string;
  /** The older name of `rope_type`; takes precedence if both are set. */
  type?: string;
  /** Factor by which the context is extended; all types except default. */
  factor?: number;
  /** yarn, llama3: the pretrained length (yarn's default: max_position_embeddings). */
  original_max_position_embeddings?: number | null;
  /** yarn, longrope: factor for cos and sin; default: inferred. */
  attention_factor?: number | null;
  /** yarn: pairs with more turns within the original length are kept; default 32. */
  beta_fast?: number | null;
  /** yarn: pairs with fewer turns are interpolated; default 1. */
  beta_slow?: number | null;
  /** yarn: numerator of the inferred attention factor; used only with mscale_all_dim. */
  mscale?: number | null;
  /** yarn: denominator of the inferred attention factor. */
  mscale_all_dim?: number | null;
  /** yarn: rounds the ramp's ends to integers; default true. */
  truncate?: boolean;
  /** longrope: factor per pair up to the original length. */
  short_factor?: number[];
  /** longrope: factor per pair beyond it. */
  long_factor?: number[];
  /** llama3: wavelengths above original / this are stretched. */
  low_freq_factor?: number;
  /** llama3: wavelengths below original / this are kept. */
  high_freq_factor?: number;
}

/** Position settings of config.json. */
export interface RopeConfig {
  /** Width of the residual stream. */
  hidden_size: number;
  /** Query heads. */
  num_attention_heads: number;
  /** Default: hidden_size / num_attention_heads. */
  head_dim?: number | null;
  /** Default 2048. */
  max_position_embeddings?: number;
  /** longrope only: the pretrained length, outside of `rope_scaling`. */
  original_max_position_embeddings?: number | null;
  /** Default 10000. */
  rope_theta?: number;
  /** Default: none. */
  rope_scaling?: RopeScaling | null;
}

/** Rotation per position for each pair of a head's dimensions, and the factor for cos and sin. */
export interface RopeParameters {
  /** Radians per position; [headDim / 2], float32 values. */
  inverseFrequencies: Float64Array;
  /** Multiplies cos and sin. */
  attentionScaling: number;
}

// transformers computes the frequencies in float32, one rounding per operation. At position 100 000 a
// different last bit of a frequency is a different angle, so the reference rounds like torch (whose pow alone
// can be off by one bit).
const f32 = Math.fround;

/**
 * Rotary parameters for a sequence of `length` positions (largest position + 1), as transformers'
 * modeling_rope_utils.py computes them. Only `dynamic` and `longrope` depend on the length.
 * @throws DataError for a rope type that transformers does not know
 */
export function ropeParameters(config: RopeConfig, length: number): RopeParameters {
  const scaling = config.rope_scaling;
  const type = scaling ? scaling.type ?? scaling.rope_type ?? "" : "default";
  if (!Object.hasOwn(ROPE_TYPES, type)) {
    throw new DataError(`config.json: rope_scaling.rope_type: expected a rope type, got "${type}"`);
  }
  const headDim = config.head_dim ?? Math.floor(config.hidden_size / config.num_attention_heads);
  const maxPositions = config.max_position_embeddings ?? 2048;
  const theta = config.rope_theta ?? 10000;
  return ROPE_TYPES[type]({ config, scaling: scaling ?? {}, headDim, maxPositions, theta, length });
}

interface Request {
  config: RopeConfig;
  scaling: RopeScaling;
  headDim: number;
  maxPositions: number;
  theta: number;
  length: number;
}

/** To add a rope type: one function here, one line in ROPE_TYPES. */
const ROPE_TYPES: Record<string, (request: Request) => RopeParameters> = {
  default: ({ theta, headDim }) => unscaled(basis(theta, headDim).map(inverse)),
  linear: ({ theta, headDim, scaling }) =>
    unscaled(basis(theta, headDim).map((p) => f32(inverse(p) / f32(scaling.factor!)))),
  dynamic,
  yarn,
  longrope,
  llama3,
};

/** theta^(2i / headDim), the inverse of the frequencies; [headDim / 2]. */
function basis(theta: number, headDim: number): Float64Array {
  return Float64Array.from({ length: headDim / 2 }, (_, i) => f32(f32(theta) ** f32(2 * i / headDim)));
}

const inverse = (x: number) => f32(1 / x);
const unscaled = (inverseFrequencies: Float64Array) => ({ inverseFrequencies, attentionScaling: 1 });

/** Dynamic NTK: the base grows with the sequence once it is longer than the trained context. */
function dynamic({ theta, headDim, scaling, maxPositions, length }: Request): RopeParameters {
  if (length <= maxPositions) return unscaled(basis(theta, headDim).map(inverse));
  const factor = scaling.factor!;
  const stretch = f32(f32(f32(f32(factor) * length) / maxPositions) - f32(factor - 1));
  const base = f32(f32(theta) * f32(stretch ** (headDim / (headDim - 2))));
  return unscaled(basis(base, headDim).map(inverse));
}

/** YaRN (arXiv 2309.00071): slow pairs are interpolated, fast ones kept, with a ramp in between. */
function yarn({ theta, headDim, scaling, maxPositions }: Request): RopeParameters {
  const factor = scaling.factor!;
  const original = scaling.original_max_position_embeddings || maxPositions;
  /** The dimension that makes that many turns within the original context. */
  const dimensionOf = (turns: number) =>
    headDim * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
  const truncate = scaling.truncate ?? true;
  const fast = dimensionOf(scaling.beta_fast || 32);
  const slow = dimensionOf(scaling.beta_slow || 1);
  const low = Math.max(truncate ? Math.floor(fast) : fast, 0);
  let high = Math.min(truncate ? Math.ceil(slow) : slow, headDim - 1);
  if (low === high) high += 0.001;

  const inverseFrequencies = basis(theta, headDim).map((period, i) => {
    const ramp = Math.min(Math.max(f32(f32(i - f32(low)) / f32(high - low)), 0), 1);
    const keep = f32(1 - ramp);
    const interpolated = inverse(f32(f32(factor) * period));
    return f32(f32(interpolated * f32(1 - keep)) + f32(inverse(period) * keep));
  });

  const scale = (mscale: number) => factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  const { mscale, mscale_all_dim: mscaleAllDim } = scaling;
  const inferred = mscale && mscaleAllDim ? scale(mscale) / scale(mscaleAllDim) : scale(1);
  return { inverseFrequencies, attentionScaling: scaling.attention_factor ?? inferred };
}

/**
 * LongRoPE (arXiv 2402.13753): one factor per pair, from a second list once the sequence is longer than the
 * original.
 */
function longrope({ config, theta, headDim, scaling, maxPositions, length }: Request): RopeParameters {
  const given = config.original_max_position_embeddings;
  const original = given || maxPositions;
  const factor = given ? maxPositions / given : scaling.factor!;
  const factors = length > original ? scaling.long_factor! : scaling.short_factor!;
  const inverseFrequencies = basis(theta, headDim).map((period, i) => inverse(f32(f32(factors[i]) * period)));
  const inferred = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return { inverseFrequencies, attentionScaling: scaling.attention_factor ?? inferred };
}

/** Llama 3.1: long waves are stretched by the factor, short ones kept, those in between blended. */
function llama3({ theta, headDim, scaling }: Request): RopeParameters {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } =
    scaling as Required<RopeScaling> & { original_max_position_embeddings: number };
  return unscaled(
    basis(theta, headDim).map((period) => {
      const frequency = inverse(period);
      const wavelength = f32(f32(2 * Math.PI) / frequency);
      if (wavelength > f32(original / low)) return f32(frequency / f32(factor));
      if (wavelength < f32(original / high)) return frequency;
      const smooth = f32(f32(f32(original / wavelength) - f32(low)) / f32(high - low));
      const stretched = f32(f32(f32(1 - smooth) * frequency) / f32(factor));
      return f32(stretched + f32(smooth * frequency));
    }),
  );
}

/**
 * Rotates queries or keys by their positions (apply_rotary_pos_emb): dimension i pairs with i + headDim / 2.
 * @param x [positions.length, heads, headDim]
 * @returns the same shape
 */
export function applyRope(
  x: Float64Array,
  positions: readonly number[],
  heads: number,
  headDim: number,
  { inverseFrequencies, attentionScaling }: RopeParameters,
): Float64Array {
  const y = new Float64Array(x.length);
  const half = headDim / 2;
  positions.forEach((position, row) => {
    for (let i = 0; i < half; i++) {
      const angle = f32(position * inverseFrequencies[i]);
      const cos = Math.cos(angle) * attentionScaling;
      const sin = Math.sin(angle) * attentionScaling;
      for (let head = 0; head < heads; head++) {
        const a = (row * heads + head) * headDim + i;
        const b = a + half;
        y[a] = x[a] * cos - x[b] * sin;
        y[b] = x[b] * cos + x[a] * sin;
      }
    }
  });
  return y;
}
