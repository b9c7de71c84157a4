import { assertEquals, assertThrows } from "@std/assert";
import { cellKind, maskRow, paddingToken, padGrid } from "./token_grid.ts";

const grid = {
  tokens: ["a", "b"],
  present: [true, true],
  weights: Float32Array.of(1, 0, 0.25, 0.75),
  weightsOf: "layer 0, head 0",
};

Deno.test("a token sees itself and what is before it", () => {
  assertEquals([maskRow(grid, 0), maskRow(grid, 1)], [[1, 0], [1, 1]]);
});

Deno.test("nobody sees padding, on either side; weights move along", () => {
  const left = padGrid(grid, 3, "<pad>", "left");
  assertEquals(left.tokens, ["<pad>", "a", "b"]);
  assertEquals([0, 1, 2].map((row) => maskRow(left, row)), [[0, 0, 0], [0, 1, 0], [0, 1, 1]]);
  assertEquals([...left.weights!], [0, 0, 0, 0, 1, 0, 0, 0.25, 0.75]);
  assertEquals(cellKind(left, 2, 0), "padding");

  const right = padGrid(grid, 3, "<pad>", "right");
  assertEquals(right.tokens, ["a", "b", "<pad>"]);
  assertEquals([0, 1, 2].map((row) => maskRow(right, row)), [[1, 0, 0], [1, 1, 0], [1, 1, 0]]);
  assertEquals([...right.weights!], [1, 0, 0, 0.25, 0.75, 0, 0, 0, 0]);
  assertEquals([0, 1, 2].map((column) => cellKind(right, 1, column)), ["allowed", "diagonal", "padding"]);

  assertThrows(() => padGrid(grid, 1, "<pad>", "left"), Error, "at most 1 tokens, got 2");
});

Deno.test("padding is called by the tokenizer's pad token, else by its end token", () => {
  assertEquals(paddingToken({ padToken: "<p>", eosToken: "</s>" }), "<p>");
  assertEquals(paddingToken({ eosToken: "</s>" }), "</s>");
});
