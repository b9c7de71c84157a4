import { assert, assertEquals } from "@std/assert";
import { textPicture } from "./text_picture.ts";
import { padGrid } from "./token_grid.ts";

const grid = {
  tokens: ["▁a", "学"],
  present: [true, true],
  weights: Float32Array.of(1, 0, 0.2, 0.8),
  weightsOf: "layer 1, head 2",
};

Deno.test("padding is named and masked in every row", () => {
  const { weights: _, ...plain } = grid;
  const lines = [...textPicture(padGrid(plain, 3, "<p>", "left"), { title: "T", color: false })];
  assertEquals(lines, [
    "#########",
    "##  T  ##",
    "#########",
    " ■: i == j (diagonal)   ■: seen   ⬚: masked, padding too",
    " ".repeat(20) + "Attention Matrix",
    " ".repeat(20) + "0 1 2",
    "'<p>' (padding):  0 ⬚ ⬚ ⬚",
    "'▁a'           :  1 ⬚ ■ ⬚",
    "'学'           :  2 ⬚ ■ ■",
    "#########",
  ]);
});

Deno.test("weights are shades, coloured on request", () => {
  const plain = [...textPicture(grid, { title: "T", color: false })];
  assertEquals(plain.slice(4, -1), [
    " ".repeat(9) + "Attention Weights: layer 1, head 2",
    " ".repeat(9) + "0 1",
    "'▁a':  0 █ ⬚",
    "'学':  1 ▒ █",
  ]);
  const colored = [...textPicture(grid, { title: "T", color: true })].join("\n");
  assert(colored.includes("\x1b[38;5;163m█\x1b[0m"));
  // deno-lint-ignore no-control-regex
  assertEquals(colored.replace(/\x1b\[[\d;]*m/g, ""), plain.join("\n"));
});

Deno.test("the numbers across have a line a digit", () => {
  const tokens = Array<string>(101).fill("a");
  const lines = [...textPicture({ tokens, present: tokens.map(() => true) }, { title: "T", color: false })];
  const column = (index: number) => lines.slice(5, 8).map((line) => line[9 + 2 * index] ?? " ").join("");
  assertEquals([0, 7, 10, 100].map(column), ["  0", "  7", " 10", "100"]);
  assertEquals(lines[8 + 100].slice(0, 10), "'a': 100 ■");
});
