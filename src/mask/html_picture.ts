import { DataError } from "../base/errors.ts";
import { heatColor, strength } from "./heat.ts";
import { visible } from "./labels.ts";
import { cellKind, type TokenGrid, weightAt } from "./token_grid.ts";

const STYLE = `
body { font: 14px/1.3 system-ui, sans-serif; margin: 1.5em; color: #1c1c22; background: #fff; }
table { border-collapse: separate; border-spacing: 1px; margin: 1em 0 2em; }
th { font: 12px ui-monospace, monospace; white-space: pre; text-align: right; padding: 0 .4em; color: #33333c; }
thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: .4em 0; }
th i { color: #77778a; font-style: normal; }
td { width: 14px; min-width: 14px; height: 14px; padding: 0; }
td:hover { outline: 2px solid #000; }
.m { background: #e6e6eb; } .a { background: #3c5078; } .d { background: #2ea043; } .p { background: #fad7be; }
.o { opacity: .55; }
ul { padding: 0; } li { display: inline-block; margin-right: 1.5em; }
li b { display: inline-block; width: 14px; height: 14px; margin-right: .4em; vertical-align: -2px; }
`;
const CLASS = { masked: "m", padding: "p", diagonal: "d", allowed: "a" } as const;

/** Maximum number of cells that a browser can still show. */
const MOST_CELLS = 2 ** 21;

/**
 * A complete HTML page with the pictures one below the other, in pieces.
 * @throws DataError for more tokens than a browser can show
 */
export function* htmlPage(grids: readonly TokenGrid[], title: string): Generator<string> {
  const cells = grids.reduce((sum, { tokens }) => sum + tokens.length ** 2, 0);
  if (cells > MOST_CELLS) {
    throw new DataError(
      `the page would have ${cells} cells: expected at most ${MOST_CELLS}; a PNG takes more`,
    );
  }
  const name = escapeHtml(title);
  yield `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${name}</title>\n`;
  yield `<style>${STYLE}</style>\n</head>\n<body>\n<h1>${name}</h1>\n`;
  for (const grid of grids) yield* figure(grid);
  yield "</body>\n</html>\n";
}

function* figure(grid: TokenGrid): Generator<string> {
  const { tokens, present, weightsOf } = grid;
  const head = (i: number, scope: "row" | "col") =>
    `<th scope=${scope}${present[i] ? "" : " class=o"}>${label(tokens[i])} <i>${i}</i></th>`;
  yield `<h2>${weightsOf ? `Attention weights: ${escapeHtml(weightsOf)}` : "Attention matrix"}</h2>\n`;
  yield legend(grid);
  yield `<table>\n<thead><tr><th></th>${
    tokens.map((_, i) => head(i, "col")).join("")
  }</tr></thead>\n<tbody>\n`;
  for (const row of tokens.keys()) {
    const cells = tokens.map((_, column) => cell(grid, row, column)).join("");
    yield `<tr>${head(row, "row")}${cells}</tr>\n`;
  }
  yield "</tbody>\n</table>\n";
}

function legend({ weights, present }: TokenGrid): string {
  const kinds: [string, string][] = weights
    ? [0, 0.04, 0.25, 1].map((weight) => [background(weight), `weight ${weight}`])
    : [['class="d"', "itself"], ['class="a"', "seen"]];
  kinds.push(['class="m"', "masked"]);
  if (!present.every(Boolean)) kinds.push(['class="p"', "padding"]);
  return `<ul>${kinds.map(([look, text]) => `<li><b ${look}></b>${text}</li>`).join("")}</ul>\n`;
}

function cell(grid: TokenGrid, row: number, column: number): string {
  const kind = cellKind(grid, row, column);
  if (!grid.weights || kind === "masked" || kind === "padding") return `<td class=${CLASS[kind]}>`;
  const weight = weightAt(grid, row, column);
  return `<td ${background(weight)} title=${Number(weight.toPrecision(4))}>`;
}

function background(weight: number): string {
  return `style="background:rgb(${heatColor(strength(weight))})"`;
}

function label(token: string): string {
  return escapeHtml(visible(token));
}

/** Text with HTML's special characters escaped. */
function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character]);
}
