import { camelCase } from "../../base/names.ts";
import { Fields } from "../../base/fields.ts";

/**
 * Scaling of the rotary frequencies, with all of transformers' defaults filled in. cos and sin are multiplied by
 * `attentionFactor`.
 */
export type RopeScaling =
  | { readonly ropeType: "default" }
  | { readonly ropeType: "linear"; readonly factor: number }
  | {
    /** The base grows once the sequence exceeds max_position_embeddings. */
    readonly ropeType: "dynamic";
    readonly factor: number;
  }
  | {
    readonly ropeType: "yarn";
    readonly factor: number;
    readonly attentionFactor: number;
    readonly betaFast: number;
    readonly betaSlow: number;
    readonly originalMaxPositionEmbeddings: number;
    /** True if the ends of the ramp are rounded outward to whole dimensions. */
    readonly truncate: boolean;
  }
  | {
    readonly ropeType: "longrope";
    readonly attentionFactor: number;
    /** [headDim / 2], for sequences up to originalMaxPositionEmbeddings. */
    readonly shortFactor: readonly number[];
    /** [headDim / 2], for longer sequences. */
    readonly longFactor: readonly number[];
    readonly originalMaxPositionEmbeddings: number;
  }
  | {
    readonly ropeType: "llama3";
    readonly factor: number;
    readonly lowFreqFactor: number;
    readonly highFreqFactor: number;
    readonly originalMaxPositionEmbeddings: number;
  };

/** Config fields that the scaling depends on, apart from `rope_scaling`. */
export interface RopeContext {
  /** Width of a head; even. */
  readonly headDim: number;
  /** Longest context. */
  readonly maxPositionEmbeddings: number;
  /** Base of the frequencies. */
  readonly ropeTheta: number;
  /** longrope only: the pretrained length, a sibling of `rope_scaling` in config.json. */
  readonly originalMaxPositionEmbeddings: number | null;
}

/** Fields of `rope_scaling`, to map their camelCase forms. */
const KEYS = [
  "rope_theta",
  "rope_type",
  "factor",
  "attention_factor",
  "beta_fast",
  "beta_slow",
  "mscale",
  "mscale_all_dim",
  "original_max_position_embeddings",
  "truncate",
  "short_factor",
  "long_factor",
  "low_freq_factor",
  "high_freq_factor",
];

/** Returns `rope_scaling` with snake_case names, as in config.json. */
export function ropeScalingFields(scaling: Record<string, unknown>): Record<string, unknown> {
  const snakeOf = new Map(KEYS.map((key) => [camelCase(key), key]));
  return Object.fromEntries(Object.entries(scaling).map(([key, value]) => [snakeOf.get(key) ?? key, value]));
}

/**
 * Validates config.json's `rope_scaling` with the rules of transformers 4.57 (modeling_rope_utils.py). Nonsensical
 * numbers, about which transformers only warns, are refused; a factor below 1 adds a note.
 *
 * @param where prefix of the messages, e.g. `config.json: rope_scaling.`
 * @param notes collects notes about accepted values
 * @throws DataError that names the field
 */
export function parseRopeScaling(
  scaling: Record<string, unknown>,
  context: RopeContext,
  where: string,
  notes?: string[],
): RopeScaling {
  const fields = new Fields(new Map(Object.entries(scaling)), where, notes);
  // The older name takes precedence if both are set, as in LlamaConfig.
  const key = fields.has("type") ? "type" : "rope_type";
  if (!fields.has(key)) fields.fail("rope_type", "missing");
  const type = fields.string(key, "");
  const parse = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (parse === undefined) {
    return fields.fail(key, `expected one of ${Object.keys(TYPES).join(", ")}, got "${type.slice(0, 60)}"`);
  }
  return parse(fields, context);
}

/** To add a rope type, add one function and one line here, and one variant in {@linkcode RopeScaling}. */
const TYPES: Readonly<Record<string, (fields: Fields, context: RopeContext) => RopeScaling>> = {
  default: () => ({ ropeType: "default" }),
  linear: (fields) => ({ ropeType: "linear", factor: factorOf(fields) }),
  dynamic,
  yarn,
  longrope,
  llama3,
};

function dynamic(fields: Fields, { headDim }: RopeContext): RopeScaling {
  const factor = factorOf(fields);
  if (headDim < 4) fields.fail("rope_type", `dynamic needs a head_dim of at least 4, got ${headDim}`);
  return { ropeType: "dynamic", factor };
}

function yarn(fields: Fields, { maxPositionEmbeddings, ropeTheta }: RopeContext): RopeScaling {
  const factor = factorOf(fields);
  if (ropeTheta === 1) fields.fail("rope_type", "yarn needs a rope_theta other than 1");
  const scale = (mscale: number) => factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  const mscale = fields.number("mscale", null);
  const mscaleAllDim = fields.number("mscale_all_dim", null);
  const inferred = mscale && mscaleAllDim ? scale(mscale) / scale(mscaleAllDim) : scale(1);
  // Zero counts as unset for these three, as with Python's `or`.
  const betaFast = fields.number("beta_fast", null, { min: 0 }) || 32;
  const betaSlow = fields.number("beta_slow", null, { min: 0 }) || 1;
  if (betaFast < betaSlow) {
    fields.fail("beta_fast", `expected at least beta_slow (${betaSlow}), got ${betaFast}`);
  }
  return {
    ropeType: "yarn",
    factor,
    attentionFactor: attentionFactorOf(fields, inferred),
    betaFast,
    betaSlow,
    originalMaxPositionEmbeddings: fields.integer("original_max_position_embeddings", null, LENGTH) ||
      maxPositionEmbeddings,
    truncate: fields.boolean("truncate", true),
  };
}

function longrope(fields: Fields, context: RopeContext): RopeScaling {
  const { headDim, maxPositionEmbeddings, originalMaxPositionEmbeddings: original } = context;
  const shortFactor = fields.numbers("short_factor", headDim / 2, Number.MIN_VALUE);
  const longFactor = fields.numbers("long_factor", headDim / 2, Number.MIN_VALUE);
  const given = fields.get("factor") === undefined ? null : factorOf(fields);
  const factor = original === null ? given : maxPositionEmbeddings / original;
  const length = original ?? maxPositionEmbeddings;
  if (factor === null && fields.get("attention_factor") === undefined) {
    fields.fail("factor", "missing, and so are attention_factor and original_max_position_embeddings");
  }
  const inferred = factor === null || factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(length));
  return {
    ropeType: "longrope",
    attentionFactor: attentionFactorOf(fields, inferred),
    shortFactor,
    longFactor,
    originalMaxPositionEmbeddings: length,
  };
}

function llama3(fields: Fields): RopeScaling {
  const factor = factorOf(fields);
  const lowFreqFactor = required(fields, "low_freq_factor", Number.MIN_VALUE);
  const highFreqFactor = required(fields, "high_freq_factor", Number.MIN_VALUE);
  if (highFreqFactor <= lowFreqFactor) {
    fields.fail(
      "high_freq_factor",
      `expected more than low_freq_factor (${lowFreqFactor}), got ${highFreqFactor}`,
    );
  }
  const original = fields.integer("original_max_position_embeddings", undefined, { ...LENGTH, min: 1 });
  return {
    ropeType: "llama3",
    factor,
    lowFreqFactor,
    highFreqFactor,
    originalMaxPositionEmbeddings: original ?? fields.fail("original_max_position_embeddings", "missing"),
  };
}

const LENGTH = { min: 0, max: 2 ** 31 - 1 };

function factorOf(fields: Fields): number {
  const factor = required(fields, "factor", Number.MIN_VALUE);
  if (factor < 1) {
    fields.note("factor", `${factor} is below 1, which shortens the context instead of extending it`);
  }
  return factor;
}

function required(fields: Fields, key: string, min: number): number {
  return fields.number(key, undefined, { min }) ?? fields.fail(key, "missing");
}

function attentionFactorOf(fields: Fields, inferred: number): number {
  const factor = fields.number("attention_factor", null, { min: 0 }) ?? inferred;
  return Number.isFinite(factor) ? factor : fields.fail("attention_factor", `comes out as ${factor}`);
}
