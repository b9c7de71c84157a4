import { assertEquals, assertThrows } from "@std/assert";
import { type AggregationStrategy, groupEntities, type ScoredToken } from "./entity_groups.ts";

const LABELS = ["O", "B-PER", "I-PER"];
const context = { label: (index: number) => LABELS[index], join: (words: string[]) => words.join("+") };

/** Tokens of two characters each; a capital letter starts a word. */
function tokens(...rows: [string, number[]][]): ScoredToken[] {
  return rows.map(([word, scores], index) => ({
    word,
    scores,
    index,
    start: 2 * index,
    end: 2 * index + 2,
    startsWord: word[0] !== word[0].toLowerCase(),
  }));
}

function grouped(strategy: Exclude<AggregationStrategy, "none">, ...rows: [string, number[]][]) {
  return groupEntities(tokens(...rows), strategy, context).map(({ entity_group, score, word, start, end }) =>
    `${entity_group} ${Math.round(score * 100)} ${word} ${start}-${end}`
  );
}

Deno.test("simple: B- begins an entity, I- goes on with one of its name", () => {
  const rows: [string, number[]][] = [
    ["Ab", [0, 1, 0]],
    ["cd", [0, 0.2, 0.8]],
    ["Ef", [0, 0.6, 0.4]],
    ["gh", [1, 0, 0]],
    ["Ij", [0, 0, 1]],
  ];
  assertEquals(grouped("simple", ...rows), [
    "PER 90 Ab+cd 0-4",
    "PER 60 Ef 4-6",
    "O 100 gh 6-8",
    "PER 100 Ij 8-10",
  ]);
});

Deno.test("the words' strategies give all tokens of a word one label", () => {
  const word: [string, number[]][] = [["Ab", [0.6, 0.4, 0]], ["cd", [0.1, 0.9, 0]], ["ef", [0.7, 0.3, 0]]];
  assertEquals(grouped("first", ...word), ["O 60 Ab+cd+ef 0-6"]);
  assertEquals(grouped("max", ...word), ["PER 90 Ab+cd+ef 0-6"]);
  assertEquals(grouped("average", ...word), ["PER 53 Ab+cd+ef 0-6"]);
  assertThrows(
    () => grouped("median" as "first", ...word),
    Error,
    "expected none, simple, first, average or max, got median",
  );
});

Deno.test("no tokens make no entities", () => {
  assertEquals([grouped("simple"), grouped("max")], [[], []]);
});
