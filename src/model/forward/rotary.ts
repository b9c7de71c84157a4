import type { LlamaConfig } from "../../checkpoint/config/config.ts";

type Rotary = Pick<LlamaConfig, "headDim" | "maxPositionEmbeddings" | "ropeTheta" | "ropeScaling">;

/** Frequencies of the rotary embedding, and the factor for cos and sin. */
export interface RotaryFrequencies {
  /** [headDim / 2], float32. */
  readonly inverse: Float32Array;
  readonly attentionScaling: number;
}

/**
 * Rotary frequencies for a sequence of `length` positions (source: transformers' modeling_rope_utils). Only
 * `dynamic` and `longrope` depend on the length.
 */
export function rotaryFrequencies(config: Rotary, length: number): RotaryFrequencies {
  const { headDim, ropeTheta, ropeScaling: scaling, maxPositionEmbeddings: most } = config;
  const half = headDim / 2;
  const plain = frequencies(ropeTheta, headDim);
  const done = (inverse: Float32Array, attentionScaling = 1) => ({ inverse, attentionScaling });
  switch (scaling?.ropeType) {
    case undefined:
    case "default":
      return done(plain);
    case "linear":
      return done(plain.map((f) => f / scaling.factor));
    case "dynamic": {
      const reach = scaling.factor * Math.max(length, most) / most - (scaling.factor - 1);
      return done(frequencies(ropeTheta * reach ** (headDim / (headDim - 2)), headDim));
    }
    case "yarn": {
      const { factor, betaFast, betaSlow, originalMaxPositionEmbeddings: original } = scaling;
      // The dimension whose wave makes that many turns within the original length.
      const dimension = (turns: number) =>
        headDim * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(ropeTheta));
      const round = scaling.truncate ? [Math.floor, Math.ceil] : [(x: number) => x, (x: number) => x];
      const low = Math.max(round[0](dimension(betaFast)), 0);
      let high = Math.min(round[1](dimension(betaSlow)), headDim - 1);
      if (low === high) high += 0.001;
      return done(
        plain.map((f, i) => {
          const interpolated = Math.min(1, Math.max(0, (i - low) / (high - low)));
          return (f / factor) * interpolated + f * (1 - interpolated);
        }),
        scaling.attentionFactor,
      );
    }
    case "longrope": {
      const factors = length > scaling.originalMaxPositionEmbeddings
        ? scaling.longFactor
        : scaling.shortFactor;
      return done(
        Float32Array.from(
          { length: half },
          (_, i) => 1 / Math.fround(Math.fround(factors[i]) * Math.fround(ropeTheta ** (2 * i / headDim))),
        ),
        scaling.attentionFactor,
      );
    }
    case "llama3": {
      const { factor, lowFreqFactor: low, highFreqFactor: high, originalMaxPositionEmbeddings: original } =
        scaling;
      return done(plain.map((f) => {
        const wavelength = 2 * Math.PI / f;
        if (wavelength < original / high) return f;
        if (wavelength > original / low) return f / factor;
        const smooth = (original / wavelength - low) / (high - low);
        return (1 - smooth) * f / factor + smooth * f;
      }));
    }
  }
}

/**
 * cos and sin of positions [from, from + count), interleaved: [count, headDim / 2, 2], float32, as
 * transformers computes them in a forward over `length` positions. Without a length each position is treated
 * as the last of its sequence, as in token-by-token decoding.
 */
export function rotaryTable(
  config: Rotary,
  from: number,
  count: number,
  length?: number,
): Float32Array<ArrayBuffer> {
  const half = config.headDim / 2;
  const table = new Float32Array(count * half * 2);
  let regime = -1;
  let current = rotaryFrequencies(config, length ?? 0);
  for (let row = 0; row < count; row++) {
    const position = from + row;
    const now = rotaryRegime(config, length ?? position + 1);
    if (now !== regime) {
      regime = now;
      current = rotaryFrequencies(config, length ?? position + 1);
    }
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(current.inverse[i] * position);
      table[(row * half + i) * 2] = Math.cos(angle) * current.attentionScaling;
      table[(row * half + i) * 2 + 1] = Math.sin(angle) * current.attentionScaling;
    }
  }
  return table;
}

/** Key that is equal for lengths with the same frequencies. */
export function rotaryRegime({ ropeScaling, maxPositionEmbeddings }: Rotary, length: number): number {
  if (ropeScaling?.ropeType === "dynamic") return Math.max(length, maxPositionEmbeddings);
  if (ropeScaling?.ropeType === "longrope") return Number(length > ropeScaling.originalMaxPositionEmbeddings);
  return 0;
}

function frequencies(base: number, headDim: number): Float32Array {
  return Float32Array.from({ length: headDim / 2 }, (_, i) => 1 / Math.fround(base ** (2 * i / headDim)));
}
