import { assertEquals } from "@std/assert";
import type { TensorInfo } from "../../checkpoint/tensors/types.ts";
import { type Band, oneAfterAnother, pairsApart, piecesOf, rangesOf, rowsOf } from "./pieces.ts";

function tensor(name: string, rows: number): TensorInfo {
  return { name, dtype: "F32", shape: [rows, 8], file: "f", offset: 0, bytes: rows * 32 };
}

const [a, b, c] = [tensor("a", 10), tensor("b", 7), tensor("c", 7)];
const BANDS: Band[] = [
  { count: 10, runs: [{ source: a, row: 0 }] },
  { count: 3, runs: [{ source: b, row: 0 }, { source: b, row: 3 }] },
  { count: 7, runs: [{ source: b, row: 0 }, { source: c, row: 0 }] },
];

/** The expected row at each place of the matrix, band by band. */
const WANT = [
  ...Array.from({ length: 10 }, (_, i) => `a${i}`),
  ...[0, 1, 2].flatMap((i) => [`b${i}`, `b${i + 3}`]),
  ...Array.from({ length: 7 }, (_, i) => [`b${i}`, `c${i}`]).flat(),
];

Deno.test("piecesOf: every row once, in order, whatever the size of the pieces", () => {
  for (const most of [1, 2, 3, 4, 5, 7, 12, 100]) {
    const got: string[] = [];
    let next = 0;
    for (const piece of piecesOf(BANDS, most)) {
      assertEquals(piece.firstRow, next, `most ${most}`);
      assertEquals(piece.rows <= Math.max(most, 2), true, `most ${most}: ${piece.rows} rows`);
      next += piece.rows;
      const ranges = rangesOf(piece);
      for (const { source, row, count, to, step } of piece.segments) {
        const range = ranges.get(source)!;
        assertEquals(row >= range.row && row + count <= range.row + range.count, true, "inside its range");
        for (let i = 0; i < count; i++) got[piece.firstRow + to + i * step] = `${source.name}${row + i}`;
      }
    }
    assertEquals(got, WANT, `most ${most}`);
  }
  assertEquals(rowsOf(BANDS), WANT.length);
});

Deno.test("oneAfterAnother: the same rows in the places that pairsApart promises, joined where the source joins them", () => {
  const heads: Band[] = [0, 6].map((row) => ({
    count: 3,
    runs: [{ source: a, row }, { source: a, row: row + 3 }],
  }));
  assertEquals(pairsApart(heads), 3);
  assertEquals(oneAfterAnother(heads), [{ count: 12, runs: [{ source: a, row: 0 }] }]);
  const gated: Band[] = [{ count: 7, runs: [{ source: b, row: 0 }, { source: c, row: 0 }] }];
  assertEquals(pairsApart(gated), 7);
  assertEquals(oneAfterAnother(gated), [
    { count: 7, runs: [{ source: b, row: 0 }] },
    { count: 7, runs: [{ source: c, row: 0 }] },
  ]);
  assertEquals(pairsApart(BANDS), 1, "one run");
  assertEquals(pairsApart([...heads, ...gated]), 1, "counts that differ");
});
