/** The table of COMPILERS.md, its comparison, and the limits. */
import { assertEquals, assertThrows } from "@std/assert";
import { COLUMN_NAMES, figuresOf, type Row, worseThan } from "./figures.ts";
import { type Exception, judge } from "./limits.ts";
import { readTables, tablesOf } from "./table.ts";

const row = (kernel: string, figures: Row["figures"], gpu = "gfx1100"): Row => ({ gpu, kernel, figures });
const SAMPLE = [
  row("8b int4 1 o_proj", { registers: 84, waves: 18, spills: 0, waitsPerLoad: 0.08, vectorPerWeight: 3.84 }),
  row("8b int4 1 qkv_proj", { registers: 9, milliseconds: 10 }),
  row("8b float16 1 sample", { scratch: 0 }, "dg2"),
];
const filled = (rows: readonly Row[]) =>
  rows.map(({ figures, ...rest }) => ({
    ...rest,
    figures: Object.fromEntries(COLUMN_NAMES.map((name) => [name, figures[name]])),
  }));

Deno.test("tables: what is written is read back, with prose around it", () => {
  assertEquals(readTables(`# Title\n\n| not | a table |\n\n${tablesOf(SAMPLE)}\n`), filled(SAMPLE));
  assertEquals(tablesOf(SAMPLE.toReversed()), tablesOf(SAMPLE));
  assertEquals(readTables("# Title\n"), []);
  assertEquals(readTables(tablesOf(SAMPLE).replace("## gfx1100", "## Notes")).length, 1);
});

Deno.test("tables: a row with a missing column or a word instead of a number is an error that names its line", () => {
  const text = tablesOf(SAMPLE);
  assertThrows(
    () => readTables(text.replace("| 84 | 18 ", "| 84 ")),
    SyntaxError,
    "line 5: expected 12 columns, got 11",
  );
  for (const bad of ["many", "-1", "1e3", "0x10", "1."]) {
    assertThrows(
      () => readTables(text.replace("| 84 ", `| ${bad} `)),
      SyntaxError,
      `line 5: expected a number, got ${bad}`,
    );
  }
});

Deno.test("worseThan: in a column's own direction, beyond its slack, for rows that both have", () => {
  const worse = (
    figures: Row["figures"],
    last: Row["figures"] = { registers: 50, waves: 20, spills: 0, milliseconds: 5 },
  ) => worseThan([row("k", last)], [row("k", figures)]);
  assertEquals(worse({ registers: 56 }), ["gfx1100: k: registers 56, was 50"]);
  assertEquals(worse({ waves: 17 }), ["gfx1100: k: waves 17, was 20"]);
  assertEquals(worse({ spills: 1 }), ["gfx1100: k: spills 1, was 0"]);
  assertEquals(worse({ registers: 55, waves: 18, spills: 0, milliseconds: 500, scratch: 900 }), []);
  assertEquals(worse({ registers: 10, waves: 40 }), []);
  assertEquals(
    worseThan([row("k", { spills: 0 })], [row("k", { spills: 9 }, "dg2"), row("l", { spills: 9 })]),
    [],
  );
});

Deno.test("judge: limits by GPU and kernel; an exception covers its rows, and is known to be used", () => {
  const rows = [
    row("8b float16 1 self_attn", { roundTrips: 25, waves: 7, registers: 129, codeBytes: 24_001 }),
    row("8b float16 prompt self_attn", { roundTrips: 900, waitsPerLoad: 1, scratch: 65 }),
    row("8b int4 1 o_proj", { vectorPerWeight: 2.61, milliseconds: 501 }),
    row("8b int4 1 o_proj", { vectorPerWeight: 9, waves: 4, registers: 200 }, "vega10"),
    row("8b int4 1 o_proj", { registers: 129, milliseconds: 900 }, "ga102"),
    row("8b int4 1 o_proj", { spills: 1, milliseconds: 501 }, "dg2"),
  ];
  const lines = judge(rows, []).problems;
  assertEquals(lines, [
    "gfx1100: 8b float16 1 self_attn: registers 129, expected at most 128",
    "gfx1100: 8b float16 1 self_attn: waves 7, expected at least 8",
    "gfx1100: 8b float16 1 self_attn: code 24001, expected at most 24000",
    "gfx1100: 8b float16 1 self_attn: trips 25, expected at most 24",
    "gfx1100: 8b float16 prompt self_attn: scratch 65, expected at most 64",
    "gfx1100: 8b float16 prompt self_attn: waits/load 1, expected at most 0.99",
    "gfx1100: 8b int4 1 o_proj: ms 501, expected at most 500",
    "gfx1100: 8b int4 1 o_proj: vector/weight 2.61, expected at most 2.6",
    "ga102: 8b int4 1 o_proj: registers 129, expected at most 128",
    "dg2: 8b int4 1 o_proj: spills 1, expected at most 0",
    "dg2: 8b int4 1 o_proj: ms 501, expected at most 500",
  ]);
  const known: Exception = { column: "spills", kernels: / o_proj$/, reason: "" };
  const elsewhere: Exception = { ...known, gpus: ["tgl"] };
  const judged = judge(rows, [elsewhere, known]);
  assertEquals(judged.problems, lines.filter((line) => !line.includes("spills")));
  assertEquals([...judged.used], [known]);
});

Deno.test("figuresOf: finishing loops of linear maps are not hot, vector instructions are counted by weight", () => {
  const load = "\tbuffer_load_b128 v[4:7], v0, s[0:3], 0 offen\n";
  const loop = (label: string, body: string) => `${label}:\n${body}\ts_branch ${label}\n`;
  const wait = "\ts_waitcnt vmcnt(0)\n";
  const walk = loop(
    "BB0",
    load.repeat(2) + wait + "\tv_fmac_f32 v1, v2, v3\n".repeat(2 * 64) +
      "\tv_and_b32 v1, v2, v3\n".repeat(64),
  );
  const finish = loop("BB1", load + wait + "\tbuffer_store_b32 v1, v0, s[0:3], 0\n");
  const compiled = (name: string) => ({
    ...{ name, rows: 2, milliseconds: 1.2, listing: walk + finish },
    statistics: { width: 64, instructions: 1, registers: 12 },
  });
  const linear = figuresOf("RDNA", compiled("8b int4 1 o_proj"));
  assertEquals([linear.waitsPerLoad, linear.vectorPerWeight, linear.registers, linear.milliseconds], [
    0.5,
    1.5,
    8,
    2,
  ]);
  const other = figuresOf("GCN", compiled("8b float16 1 sample"));
  assertEquals([other.waitsPerLoad, other.vectorPerWeight], [1, undefined]);
  assertEquals(figuresOf("Intel", compiled("8b int4 1 o_proj")).vectorPerWeight, undefined);
});
