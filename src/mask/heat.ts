/** Colours of a heat map from weight 0 to 1: red, green, blue. */
const STOPS = [[255, 250, 235], [253, 206, 130], [238, 112, 62], [168, 32, 72], [48, 6, 60]] as const;

/** The shades of a plain terminal. */
export const SHADES = ["·", "░", "▒", "▓", "█"] as const;
/** The shades as colours of a 256-colour terminal. */
export const SHADE_COLORS = [240, 178, 208, 197, 163] as const;

/** Display strength of a weight, 0 to 1: its square root, as most of a token's weights are close to 0. */
export function strength(weight: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, weight)));
}

/** Index of a weight's shade. */
export function shadeOf(weight: number): number {
  return Math.min(SHADES.length - 1, Math.floor(strength(weight) * SHADES.length));
}

/** The lowest weight of a shade. */
export function shadeStart(shade: number): number {
  return (shade / SHADES.length) ** 2;
}

/** The colour of a strength, three numbers from 0 to 255. */
export function heatColor(strength: number): [number, number, number] {
  const at = strength * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const mix = (part: number) =>
    Math.round(STOPS[low][part] + (STOPS[low + 1][part] - STOPS[low][part]) * (at - low));
  return [mix(0), mix(1), mix(2)];
}
