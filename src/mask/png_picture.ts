import { DataError } from "../base/errors.ts";
import { Canvas, TEXT_HEIGHT, textLength } from "./canvas.ts";
import { heatColor, strength } from "./heat.ts";
import { visible } from "./labels.ts";
import { encodePng } from "./png.ts";
import { cellKind, type TokenGrid, weightAt } from "./token_grid.ts";

const [PAPER, INK, GREY] = [0, 1, 2];
const CELL_COLOR = { masked: 3, allowed: 4, diagonal: 5, padding: 6 } as const;
const FIRST_HEAT = 16;
const HEAT_STEPS = 240;
const PALETTE: [number, number, number][] = [
  [255, 255, 255],
  [28, 28, 34],
  [130, 130, 145],
  [230, 230, 235],
  [60, 80, 120],
  [46, 160, 67],
  [250, 215, 190],
];
while (PALETTE.length < FIRST_HEAT) PALETTE.push(PALETTE[PAPER]);
for (let i = 0; i < HEAT_STEPS; i++) PALETTE.push(heatColor(i / (HEAT_STEPS - 1)));

const MARGIN = 12;
const LINE = TEXT_HEIGHT + 4;
const LARGEST_CELL = 14;
/** Target size in pixels of the cells of many tokens; a cell has at least one pixel. */
const COMFORTABLE_SIZE = 2048;
const LONGEST_LABEL = 24;
/** Width in pixels below which the picture is enlarged, at most threefold. */
const READABLE = 1600;
/** Maximum bytes of one image in memory. */
const MOST_PIXELS = 2 ** 27;

/** Positions of the parts of one grid's picture. */
interface Layout {
  readonly grid: TokenGrid;
  readonly labels: readonly string[];
  readonly cell: number;
  /** Number of tokens from one label to the next. */
  readonly step: number;
  /** Length of the longest label in pixels. */
  readonly labelLength: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws pictures one below the other, as a PNG file.
 * @throws DataError for more tokens than an image can show
 */
export async function pngPicture(
  grids: readonly TokenGrid[],
  title: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const layouts = grids.map(layoutOf);
  const width = Math.max(textLength(title), ...layouts.map((layout) => layout.width)) + 2 * MARGIN;
  const height = layouts.reduce((sum, layout) => sum + layout.height + MARGIN, 2 * MARGIN + LINE);
  if (width * height > MOST_PIXELS) {
    throw new DataError(
      `the picture would have ${width}x${height} pixels: expected at most ${MOST_PIXELS}; give fewer tokens`,
    );
  }
  const canvas = new Canvas(width, height);
  canvas.text(MARGIN, MARGIN, visible(title), INK);
  let top = MARGIN + LINE + MARGIN;
  for (const layout of layouts) {
    draw(canvas, layout, top);
    top += layout.height + MARGIN;
  }
  return await encodePng(canvas.enlarged(Math.max(1, Math.min(3, Math.floor(READABLE / width)))), PALETTE);
}

function layoutOf(grid: TokenGrid): Layout {
  const count = grid.tokens.length;
  const cell = Math.max(1, Math.min(LARGEST_CELL, Math.floor(COMFORTABLE_SIZE / count)));
  const step = Math.ceil((TEXT_HEIGHT + 1) / cell);
  const labels = grid.tokens.map((token, i) => {
    if (step > 1) return String(i);
    const characters = Array.from(visible(token));
    const cut = characters.length > LONGEST_LABEL;
    const name = cut ? characters.slice(0, LONGEST_LABEL - 1).join("") + "…" : characters.join("");
    return `${name} ${i}`;
  });
  const labelLength = Math.max(...labels.map(textLength)) + 4;
  const legendLength = textLength(legendOf(grid).map(([, text]) => `## ${text}  `).join(""));
  return {
    grid,
    labels,
    cell,
    step,
    labelLength,
    width: Math.max(labelLength + count * cell, legendLength, textLength(heading(grid))),
    height: 2 * LINE + labelLength + count * cell,
  };
}

function draw(canvas: Canvas, layout: Layout, top: number): void {
  const { grid, labels, cell, step, labelLength } = layout;
  canvas.text(MARGIN, top, heading(grid), INK);
  let at = MARGIN;
  for (const [color, text] of legendOf(grid)) {
    canvas.rectangle(at, top + LINE, TEXT_HEIGHT, TEXT_HEIGHT, color);
    canvas.text(at + LINE, top + LINE, text, GREY);
    at += textLength(`## ${text}  `);
  }
  const [left, cellsTop] = [MARGIN + labelLength, top + 2 * LINE + labelLength];
  const middle = Math.floor((Math.max(cell, TEXT_HEIGHT) - TEXT_HEIGHT) / 2);
  // Large cells have a gap between them.
  const size = cell >= 4 ? cell - 1 : cell;
  for (const [row, label] of labels.entries()) {
    if (row % step === 0) {
      const [at, color] = [row * cell + middle, grid.present[row] ? INK : GREY];
      canvas.text(left - 4 - textLength(label), cellsTop + at, label, color);
      canvas.textUp(left + at, cellsTop - 4, label, color);
    }
    for (let column = 0; column < labels.length; column++) {
      canvas.rectangle(left + column * cell, cellsTop + row * cell, size, size, cellColor(grid, row, column));
    }
  }
}

function cellColor(grid: TokenGrid, row: number, column: number): number {
  const kind = cellKind(grid, row, column);
  if (!grid.weights || kind === "masked" || kind === "padding") return CELL_COLOR[kind];
  return heatIndex(weightAt(grid, row, column));
}

function heatIndex(weight: number): number {
  return FIRST_HEAT + Math.round(strength(weight) * (HEAT_STEPS - 1));
}

function heading({ weightsOf }: TokenGrid): string {
  return weightsOf === undefined ? "Attention matrix" : `Attention weights: ${weightsOf}`;
}

function legendOf({ weights, present }: TokenGrid): [number, string][] {
  const parts: [number, string][] = weights
    ? [0, 0.04, 0.25, 1].map((weight) => [heatIndex(weight), String(weight)])
    : [[CELL_COLOR.diagonal, "itself"], [CELL_COLOR.allowed, "seen"]];
  parts.push([CELL_COLOR.masked, "masked"]);
  if (!present.every(Boolean)) parts.push([CELL_COLOR.padding, "padding"]);
  return parts;
}
