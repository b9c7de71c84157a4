import { assertEquals, assertStringIncludes } from "@std/assert";
import type { DecodeLine, KernelLine, Line } from "./figures.ts";
import { goalsOf } from "./goals.ts";
import { tableOf } from "./table.ts";

const MODEL = { shape: "8b", weights: "float16" } as const;
const DEVICE: Line = {
  kind: "device",
  ...MODEL,
  device: "A card",
  model: "card",
  bandwidth: 1000,
  gflops: 10_000,
  copy: 900,
  layers: 4,
};

function kernel(name: string, share_of_copy: number, ms = 1): KernelLine {
  const zero = {
    dispatches: 1,
    gb_per_second: 0,
    gflop_per_second: 0,
    share: 0,
    bound: "memory",
    trips: 1,
    resident: 1,
  };
  return { kind: "step kernel", ...MODEL, ...zero, kernel: name, reach: 128, ms, share_of_copy };
}

function decode(reach: number, ms: number, change: Partial<DecodeLine> = {}): DecodeLine {
  const rates = { tokens_per_second: 1e3 / ms, gb_per_second: 650, encode_ms: 0.1 };
  return {
    kind: "decode",
    ...MODEL,
    ...rates,
    reach,
    sequences: 1,
    sampled: false,
    ms,
    all_layers_ms: ms,
    ...change,
  };
}

/** Figures of a card that reaches each goal. */
const GOOD: readonly Line[] = [
  DEVICE,
  ...["qkv_proj", "gate_up_proj", "lm_head"].map((name) => kernel(name, 0.75)),
  ...["o_proj", "down_proj"].map((name) => kernel(name, 0.6)),
  kernel("scores", 0.1, 0.2),
  kernel("sample", 0.1, 0.3),
  decode(128, 10, { predicted_ms: 12 }),
  decode(8192, 12.5, { predicted_ms: 9 }),
  decode(128, 10, { weights: "int4", gb_per_second: 400 }),
  { kind: "prompt", ...MODEL, tokens: 512, ms: 100, operations: 4.5e11, all_layers_ms: 100 },
  {
    kind: "peer",
    ...MODEL,
    layers: 2,
    prompt: 512,
    generate: 64,
    ours: { prompt: 1, generate: 8 },
    theirs: { device: "A card", prompt: 1, generate: 10 },
  },
];

const reached = (lines: readonly Line[]) => goalsOf(lines).map(({ reached }) => reached);
/** The goals after a change of one line. */
const missed = (change: (line: Line) => Line) =>
  reached(GOOD.map(change)).flatMap((yes, i) => yes ? [] : [i]);

Deno.test("figures at the limits reach every goal", () => {
  assertEquals(reached(GOOD), Array(9).fill(true));
});

Deno.test("a figure beyond its limit misses its goal alone", () => {
  const kernelOf = (name: string, change: Partial<KernelLine>) => (line: Line): Line =>
    line.kind === "step kernel" && line.kernel === name ? { ...line, ...change } : line;
  const decodeOf = (reach: number, weights: string, change: Partial<DecodeLine>) => (line: Line): Line =>
    line.kind === "decode" && line.reach === reach && line.weights === weights
      ? { ...line, ...change }
      : line;
  assertEquals(missed(kernelOf("gate_up_proj", { share_of_copy: 0.74 })), [0]);
  assertEquals(missed(kernelOf("down_proj", { share_of_copy: 0.59 })), [1]);
  assertEquals(missed(decodeOf(128, "float16", { gb_per_second: 610 })), [2]);
  assertEquals(missed(decodeOf(128, "int4", { gb_per_second: 390 })), [3]);
  assertEquals(missed(decodeOf(8192, "float16", { all_layers_ms: 12.6 })), [4]);
  assertEquals(missed(kernelOf("sample", { ms: 0.31 })), [5]);
  assertEquals(missed((line) => line.kind === "prompt" ? { ...line, ms: 101 } : line), [6]);
  assertEquals(
    missed((line) => line.kind === "peer" ? { ...line, ours: { prompt: 1, generate: 7.9 } } : line),
    [7],
  );
  assertEquals(missed(decodeOf(8192, "float16", { predicted_ms: 8 })), [8]);
});

Deno.test("what was not measured is neither reached nor missed", () => {
  assertEquals(
    goalsOf([]).every(({ reached, measured }) => reached === undefined && measured === "not measured"),
    true,
  );
  assertEquals(tableOf([]).startsWith("# No device answered\n"), true);
});

Deno.test("the table has a row for each figure, with the prediction beside it", () => {
  const table = tableOf(GOOD);
  assertStringIncludes(table, "# A card: copying 900 GB/s");
  assertStringIncludes(table, "| 8b float16 | 4 | 1 | 8192 | greedy | 12.500 | 9.000 | 1.39 | 650.0 |");
  assertStringIncludes(table, "| 8b float16 | 128 | o_proj | 1 | 1.000 |  |  |");
  assertStringIncludes(
    table,
    "| 8b float16 | 2 | 512: 1.0 / 1.0 | 1.00 × | 64: 8.0 / 10.0 | 0.80 × | A card |",
  );
});
