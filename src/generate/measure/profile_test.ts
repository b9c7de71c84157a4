import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { EnvironmentError } from "../../base/errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { rowBytes } from "../../gpu/matrix.ts";
import type { StepTime } from "../../gpu/timing.ts";
import { kernelName, profile, requireTimestamps, summed } from "./profile.ts";
import { modelForAll } from "../../../tests/support/generate.ts";

const { model } = await modelForAll("generate");

Deno.test("profile: a step reads the weights, the keys and little more", async () => {
  const tokens = 20;
  const rows = await profile(model, tokens, 10);
  const kernels = ["embed_tokens", "qkv_proj", "attention", "o_proj", "gate_up_proj", "down_proj"];
  const { config, weights } = model;
  const step = rows.filter(({ phase }) => phase === "step");
  assertEquals(step.map(({ kernel }) => kernel), [...kernels, "lm_head", "scores", "sample"]);
  assertEquals(
    rows.filter(({ phase }) => phase === "prompt").map(({ kernel }) => kernel),
    [...kernels, "gather", "lm_head", "scores", "sample"],
  );
  for (const row of rows) {
    const perLayer = /proj|attention/.test(row.kernel);
    assertEquals(row.dispatches, perLayer ? config.numHiddenLayers : 1, row.kernel);
    assert(row.ms > 0 && row.bytes > 0, row.kernel);
    assertAlmostEquals(row.gb_per_second, row.bytes / row.ms / 1e6);
    assertAlmostEquals(row.share_of_copy, row.gb_per_second / 10);
    assertEquals(row.tokens, row.phase === "step" ? 1 : tokens);
  }
  for (const phase of ["prompt", "step"]) {
    assertAlmostEquals(
      rows.filter((row) => row.phase === phase).reduce((sum, { share }) => sum + share, 0),
      1,
    );
  }
  const all = step.reduce((sum, row) => sum + row.weight_bytes, 0);
  const { columns, format } = weights.embedTokens;
  const linears = [
    ...weights.layers.flatMap((
      { selfAttn, mlp },
    ) => [selfAttn.qkvProj, selfAttn.oProj, mlp.gateUpProj, mlp.downProj]),
    weights.heads.lm_head,
  ].reduce((sum, { weight }) => sum + weight.rows * rowBytes(weight.columns, weight.format), 0);
  assertEquals(all, linears + rowBytes(columns, format));
});

Deno.test("profile: kernels are named without their layer, their dispatches are added up", () => {
  assertEquals(
    [
      "layers.12.self_attn.qkv_proj",
      "layers.0.self_attn",
      "layers.1.self_attn combine",
      "layers.3.mlp.down_proj",
      "norm",
    ]
      .map(kernelName),
    ["qkv_proj", "attention", "attention combine", "down_proj", "norm"],
  );
  const time = (label: string, ms: number, bytes: number) =>
    ({ step: { label, cost: () => ({ bytes, operations: 2 * bytes }) }, ms }) as StepTime;
  const [a, b] = summed(
    [time("layers.0.mlp.a", 1, 3e6), time("b", 4, 1e6), time("layers.1.mlp.a", 3, 5e6)],
    "step",
    1,
    4,
  );
  assertEquals([a.kernel, a.dispatches, a.ms, a.bytes, a.operations], ["a", 2, 4, 8e6, 16e6]);
  assertEquals([a.gb_per_second, a.gflop_per_second, a.share_of_copy, a.share], [2, 4, 0.5, 0.5]);
  assertEquals([b.kernel, b.share, b.weight_bytes], ["b", 0.5, 0]);
});

Deno.test("profile: a device without timestamps is rejected", () => {
  const gpu = { traits: { timestamps: false }, info: { description: "a device" } } as Gpu;
  assertThrows(
    () => requireTimestamps(gpu),
    EnvironmentError,
    "expected a device with timestamp-query, a device has none",
  );
});
