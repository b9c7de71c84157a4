import { SHADE_COLORS, shadeOf, SHADES, shadeStart } from "./heat.ts";
import { displayWidth, quoted } from "./labels.ts";
import { cellKind, type TokenGrid, weightAt } from "./token_grid.ts";

/** The characters of transformers' picture. */
export const ALLOWED = "■";
export const MASKED = "⬚";

/** Options of a text picture. */
export interface TextPictureOptions {
  /** Title in the box above it. */
  readonly title: string;
  /** True to write terminal colours. */
  readonly color: boolean;
}

/** The title of a picture. */
export function pictureTitle(modelName: string): string {
  return `Attention visualization for llama:${modelName} LlamaModel`;
}

/** Wraps a text in a terminal colour. */
type Paint = (code: string, text: string) => string;

/**
 * The picture as lines: the title in a box, a legend, the column numbers written top to bottom, then a row
 * per token: its name, its number and a cell for each token that it attends to or not.
 */
export function* textPicture(grid: TokenGrid, { title, color }: TextPictureOptions): Generator<string> {
  const paint: Paint = color ? (code, text) => `\x1b[${code}m${text}\x1b[0m` : (_, text) => text;
  const { tokens, present } = grid;
  const digits = String(tokens.length - 1).length;
  const labels = tokens.map((token, i) => quoted(token) + (present[i] ? "" : " (padding)"));
  const width = labels.reduce((most, label) => Math.max(most, displayWidth(label)), 0);
  const places = Math.max(2, digits);
  const margin = " ".repeat(width + places + 3);
  const border = "#".repeat(displayWidth(title) + 8);

  yield border;
  yield `##  ${paint("1", title)}  ##`;
  yield border;
  yield " " + legend(grid, paint);
  yield margin + (grid.weights ? `Attention Weights: ${grid.weightsOf}` : "Attention Matrix");
  for (let digit = 0; digit < digits; digit++) {
    const numbers = tokens.map((_, i) => String(i).padStart(digits)[digit]);
    yield (margin + numbers.join(" ")).trimEnd();
  }
  for (const [row, label] of labels.entries()) {
    const padded = label + " ".repeat(width - displayWidth(label));
    const name = present[row] ? padded : paint("2", padded);
    const cells = tokens.map((_, column) => cell(grid, row, column, paint));
    yield `${name}: ${String(row).padStart(places)} ${cells.join(" ")}`;
  }
  yield border;
}

function legend({ weights, present }: TokenGrid, paint: Paint): string {
  const parts = weights
    ? SHADES.map((shade, i) =>
      `${paint(`38;5;${SHADE_COLORS[i]}`, shade)}: ${shadeStart(i).toFixed(2)} and more`
    )
    : [`${paint("92", ALLOWED)}: i == j (diagonal)`, `${ALLOWED}: seen`];
  parts.push(`${MASKED}: masked${present.every(Boolean) ? "" : ", padding too"}`);
  return parts.join("   ");
}

function cell(grid: TokenGrid, row: number, column: number, paint: Paint): string {
  const kind = cellKind(grid, row, column);
  if (kind === "padding") return paint("2", MASKED);
  if (kind === "masked") return MASKED;
  if (grid.weights) {
    const shade = shadeOf(weightAt(grid, row, column));
    return paint(`38;5;${SHADE_COLORS[shade]}`, SHADES[shade]);
  }
  return kind === "diagonal" ? paint("92", ALLOWED) : ALLOWED;
}
