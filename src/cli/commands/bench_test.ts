/** `llama bench --compare`, --profile and --tune through the launcher, and the tables they print. */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import type { KernelProfile } from "../../generate/mod.ts";
import { profileTable, tuningTable } from "./bench_tables.ts";
import { type Row, table } from "../../../tests/support/contract.ts";

const GOLDEN = "testdata/golden/gqa_bf16";
const REPORT = {
  ...{ model: "m", dtype: "float16", quantization: "none", device: "d" },
  tests: [
    { name: "pp8", tokens: 8, tokens_per_second: 100, runs: [90, 100, 125] },
    { name: "tg2", tokens: 2, tokens_per_second: 10, runs: [10] },
  ],
  profile: [{ phase: "step", kernel: "lm_head", ms: 3 }, { phase: "step", kernel: "sample", ms: 1 }],
};
const FILES: Readonly<Record<string, unknown>> = {
  a: REPORT,
  b: {
    ...REPORT,
    tests: [{ name: "pp8", tokens: 8, tokens_per_second: 150, runs: [125, 150, 180] }],
    profile: [{ phase: "prompt", kernel: "lm_head", ms: 9 }, { phase: "step", kernel: "lm_head", ms: 1.5 }],
  },
  plain: { ...REPORT, profile: undefined },
  other: { ...REPORT, tests: [], profile: [] },
  list: [REPORT],
  model: { ...REPORT, model: 1 },
  runs: { ...REPORT, tests: [{ ...REPORT.tests[0], runs: [] }] },
  speed: { ...REPORT, tests: [{ ...REPORT.tests[0], tokens_per_second: 0 }] },
  kernel: { ...REPORT, profile: [{ phase: "step", kernel: "lm_head", ms: "1" }] },
};

const compare = (files: string) =>
  `llama bench --compare ${
    files.split(" ").filter((name) => name !== "").map((name) => `$T/${name}.json`).join(" ")
  }`;
const broken = (files: string, err: string): Row => [compare(files), { code: 3, err }];

table("bench --compare", [
  [compare("a b"), {
    out:
      /\npp8 +100\.0 +150\.0 +1\.500 × +1\.000 × +2\.000 ×\n[^]*\nstep lm_head +3\.000 +1\.500 +2\.000 ×\n$/,
  }],
  [`${compare("a b")} --json`, {
    json: ([{ tests, kernels }]) => {
      assertEquals(tests, [{ name: "pp8", a: 100, b: 150, ratio: 1.5, least: 1, most: 2 }]);
      assertEquals(kernels, [{ name: "step lm_head", a: 3, b: 1.5, ratio: 2 }]);
    },
  }],
  [`${compare("a plain")} --json`, { json: ([{ kernels }]) => assertEquals(kernels, []) }],
  [`VK_ICD_FILENAMES=/none ${compare("a a")}`, { out: /tg2 +10\.0 +10\.0 +1\.000 ×/ }],
  ...["", "a", "a b a"].map((
    files,
  ): Row => [compare(files), { code: 2, err: "--compare: expected two files" }]),
  [compare("a gone"), { code: 4, err: "gone.json: no such file" }],
  broken("list a", "list.json: expected the object of llama bench --json, got a list"),
  broken("a model", "model.json: model: expected a text, got 1"),
  broken("a runs", "runs.json: tests[0].runs: expected at least one run, got none"),
  broken("a speed", "speed.json: tests[0].tokens_per_second: expected a number above 0, got 0"),
  broken("a kernel", 'kernel.json: profile[0].ms: expected a number above 0, got "1"'),
  broken("a cut", "cut.json"),
  broken("a other", "expected a test that both have"),
], async (folder) => {
  for (const [name, value] of Object.entries(FILES)) {
    await Deno.writeTextFile(`${folder}/${name}.json`, JSON.stringify(value));
  }
  await Deno.writeTextFile(`${folder}/cut.json`, JSON.stringify(REPORT).slice(0, -5));
});

table("bench --profile and --tune", [
  [`llama bench -m ${GOLDEN} -p 8 -n 0 -r 1 --profile --json`, {
    json: ([{ profile, tests, tuning }]) => {
      assertEquals([tests.length, tuning], [1, undefined]);
      assertEquals(
        new Set(profile.map(({ phase, tokens }: KernelProfile) => `${phase} ${tokens}`)),
        new Set(["prompt 8", "step 1"]),
      );
    },
  }],
  [`XDG_CACHE_HOME=$T llama bench -m ${GOLDEN} -p 0 -n 0 --tune && grep -c threads $T/llama/tuning.json`, {
    out: /^[^]*rows a team[^]*\n[1-9]\d*\n$/,
    // The driver's cache keeps its usual folder.
    env: {
      MESA_SHADER_CACHE_DIR: Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`,
    },
  }],
]);

Deno.test("bench: the profile's table adds up each phase", () => {
  const one = (kernel: string, ms: number, bytes: number): KernelProfile => ({
    ...{
      phase: "step",
      tokens: 1,
      kernel,
      dispatches: 2,
      ms,
      bytes,
      weight_bytes: bytes / 2,
      operations: 2e6,
    },
    ...{
      gb_per_second: bytes / ms / 1e6,
      gflop_per_second: 2 / ms,
      share_of_copy: bytes / ms / 4e6,
      share: 0.5,
    },
  });
  const [, head, a, , all] = profileTable([one("a", 1, 2e6), one("b", 3, 6e6)]);
  assertMatch(head, /^a step +dispatches/);
  assertMatch(a, /^a +2 +1\.000 +2\.0 MB +2\.000 × +2\.00 +50 % +2\.00 +50 %$/);
  assertMatch(all, /^all +4 +4\.000 +8\.0 MB +2\.000 × +2\.00 +50 % +1\.00 +100 %$/);
});

Deno.test("bench: the table of variants marks the default and the choice", () => {
  const variants = [{ rows: 4, threads: 64, ms: 2 }, { rows: 2, threads: 64, ms: 1 }, {
    rows: 8,
    threads: 64,
    ms: 1.5,
  }];
  const lines = tuningTable([{ matrix: "m", tokens: 4, variants, chosen: { rows: 2, threads: 64 } }]);
  assertEquals(lines[0], "m, 4 tokens");
  assert(lines[1].endsWith("the default") && lines[2].endsWith("chosen") && lines[3].endsWith("1.500 ms"));
  assertAlmostEquals(Number(/([\d.]+) ms/.exec(lines[2])![1]), 1);
  const tile = { rows: 8, threads: 64, tileRows: 64 };
  const tiles = [{ ...tile, tileTokens: 64, ms: 2 }, { ...tile, tileTokens: 32, ms: 1 }];
  const [, large, small] = tuningTable([{ matrix: "m", tokens: 4, variants: tiles, chosen: tiles[1] }]);
  assertMatch(
    large,
    /^ +tile of +64 rows × 64 tokens, +8 rows a thread, +64 threads +2\.000 ms +the default$/,
  );
  assert(small.endsWith("chosen"));
});
