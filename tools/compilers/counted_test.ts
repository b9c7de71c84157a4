/** Limits that need no compiler: they are counted from the plans of a step of an 8B on GPUs. */
import { assert, assertEquals } from "@std/assert";
import { Decoder } from "../../src/generate/decode/decoder.ts";
import type { Step } from "../../src/gpu/plan.ts";
import { GREEDY } from "../../src/ops/sample.ts";
import { modelOf } from "../../tests/support/shapes.ts";
import { countingGpu, DEVICES } from "../linked_kernels.ts";
import { SHAPES } from "./texts.ts";

const LEAST_WORKGROUPS = 128;
const CONFIG = SHAPES["8b"];
const GPUS = Object.entries(DEVICES).filter(([, { software }]) => !software);

/** Steps of one token at 1,024 positions, and the texts of kernels by label. */
async function stepOf(traits: (typeof DEVICES)[string], doSample = false) {
  const texts = new Map<string, string>();
  const gpu = countingGpu(traits, (label, code) => texts.set(label, code));
  const decoder = new Decoder(await modelOf(gpu, CONFIG, { dtype: "float16" }), 1, 1024);
  decoder.admit({ slot: 0, ids: [1, 2] }, { ...GREEDY, doSample }, []);
  const steps = decoder.plans(1024).step.flatMap((plan) => plan.steps);
  return { steps: steps.filter((step): step is Step => "label" in step), texts };
}

function workgroupsOf(steps: readonly Step[], label: string): number {
  return steps.find((step) => step.label.endsWith(label))!.workgroups().reduce((a, b) => a * b);
}

Deno.test("decode attention at 1,024 positions has work for a large GPU", async () => {
  for (const [device, traits] of GPUS) {
    const { steps } = await stepOf(traits);
    const count = workgroupsOf(steps, "self_attn");
    assert(count >= LEAST_WORKGROUPS, `${device}: ${count} workgroups`);
  }
});

Deno.test("sampling reads the logits in one pass over the whole device", async () => {
  for (const [device, traits] of GPUS) {
    for (const doSample of [false, true]) {
      const { steps, texts } = await stepOf(traits, doSample);
      const readers = [...texts].filter(([, code]) => /var<storage, read> logits\b/.test(code));
      assertEquals(readers.map(([label]) => label), ["scores"], device);
      assert(workgroupsOf(steps, "scores") >= CONFIG.vocabSize / 1024, device);
    }
  }
});
