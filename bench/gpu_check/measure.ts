/**
 * A part of `scripts/gpu_check.sh`: times each dispatch, the prompt and decoding steps of a model with random
 * weights, and prints a JSON line for each figure as soon as it is known, with the cost model's prediction.
 *
 *     deno run -A bench/gpu_check/measure.ts 8b|7b|small float16|int4 [--memory GB]
 *
 * `--memory`: of the device (default 8), which decides the number of layers. Keys and values are zeros: the cost
 * of a step does not depend on them.
 */
import { parseArgs } from "@std/cli/parse-args";
import { LlamaError } from "../../src/base/errors.ts";
import { Decoder } from "../../src/generate/decode/decoder.ts";
import { copySpeed } from "../../src/generate/measure/bench.ts";
import { summed } from "../../src/generate/measure/profile.ts";
import { tune, TUNING_BUDGET_MS } from "../../src/generate/measure/tune.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Plan, Step } from "../../src/gpu/plan.ts";
import { type StepTime, timeSteps } from "../../src/gpu/timing.ts";
import { GREEDY, type SamplingState } from "../../src/ops/sample.ts";
import { shortened } from "../../tools/compilers/texts.ts";
import { deviceOf, dispatchOf, predict } from "../cost_model.ts";
import { compiledRows, figuresFor } from "./compiled.ts";
import {
  capacityOf,
  layersIn,
  randomModel,
  requireFast,
  SHAPES,
  WEIGHTS,
  type Weights,
  withLayers,
} from "./model.ts";

const RUNS = 3;
/** Share of the memory for weights and caches. */
const USED_SHARE = 0.8;
const DRAWN: SamplingState = { ...GREEDY, doSample: true, topK: 50, topP: 0.9 };

const { _: [name, weights], memory } = parseArgs(Deno.args, { string: ["_", "memory"] }) as {
  _: [string, Weights];
  memory?: string;
};
const bytes = Number(memory ?? 8) * 1e9;
if (!Object.hasOwn(SHAPES, name) || !Object.hasOwn(WEIGHTS, weights) || !(bytes > 0)) {
  console.error("expected: 8b|7b|small float16|int4 [--memory GB]");
  Deno.exit(2);
}
const shape = SHAPES[name];
try {
  await measure();
} catch (error) {
  if (!(error instanceof LlamaError)) throw error;
  console.error(error.message);
  Deno.exit(error.exitCode);
}

function print(kind: string, fields: Record<string, unknown>): void {
  console.log(JSON.stringify({ kind, shape: name, weights, ...fields }));
}

async function measure(): Promise<void> {
  using gpu = await Gpu.open();
  const description = gpu.info.description || gpu.info.device;
  requireFast(gpu, name);
  const copy = await copySpeed(gpu);
  const device = deviceOf(description);
  const layers = await layersIn(gpu.traits, shape, weights, USED_SHARE * bytes);
  const { bandwidth, gflops } = device;
  print("device", { device: description, model: device.name, bandwidth, gflops, copy, layers });
  const rows = await compiledRows();
  const model = await randomModel(gpu, withLayers(shape, layers), weights);
  await tune(model, { budgetMs: TUNING_BUDGET_MS });
  const most = Math.max(...shape.sequences);
  const decoder = new Decoder(model, most, capacityOf(shape));
  for (let slot = 0; slot < most; slot++) decoder.take(slot);

  const predicted = (step: Step, phase: string) => {
    const kernel = `${name} ${weights} ${phase} ${shortened(step.label)}`;
    return predict(device, { ...dispatchOf(gpu, step), ...figuresFor(rows, device, kernel) }, copy);
  };
  const running = (plans: readonly Plan[]) =>
    plans.flatMap(({ steps }) => steps).filter((step): step is Step =>
      "pipeline" in step && step.workgroups().every((count) => count > 0)
    );
  const predictedMs = (plans: readonly Plan[], phase: string) =>
    running(plans).reduce((sum, step) => sum + predicted(step, phase).ms, 0);

  const admit = (sequences: number, reach: number, options: SamplingState) => {
    const ids = Array.from({ length: reach }, (_, i) => i % model.config.vocabSize);
    for (let slot = 0; slot < sequences; slot++) decoder.admit({ slot, ids }, options, []);
  };

  /** Milliseconds of the fastest group of steps, each. */
  const stepMs = async (sequences: number, reach: number, options: SamplingState) => {
    const best = { step: Infinity, encode: Infinity };
    for (let run = 0; run <= RUNS; run++) {
      admit(sequences, reach, options);
      const start = performance.now();
      const commands = decoder.encode(shape.steps, sequences, reach);
      const encoded = performance.now();
      decoder.use(sequences);
      decoder.submit(commands);
      await decoder.tokens();
      if (run === 0) continue;
      best.encode = Math.min(best.encode, (encoded - start) / shape.steps);
      best.step = Math.min(best.step, (performance.now() - encoded) / shape.steps);
    }
    return best;
  };

  /** A line for each kernel of timed dispatches. */
  const printKernels = (times: readonly StepTime[], phase: "prompt" | "step", fields: object) => {
    const named = phase === "prompt" ? "prompt" : "1";
    for (const one of summed(times, phase, 1, copy)) {
      const members = times.filter(({ step }) =>
        summed([{ step, ms: 1 }], phase, 1, copy)[0].kernel === one.kernel
      );
      const predictions = members.map(({ step }) => predicted(step, named));
      const { phase: _, tokens: __, ...figures } = one;
      print(`${phase} kernel`, {
        ...fields,
        ...figures,
        predicted_ms: predictions.reduce((sum, { ms }) => sum + ms, 0),
        bound: predictions[0].bound,
        trips: predictions[0].trips,
        resident: predictions[0].resident,
      });
    }
  };

  /** Milliseconds with all layers of the model, if `layers` of them take `ms` and the rest `other`. */
  const whole = (ms: number, other: number) => {
    const rest = Math.min(ms, other);
    return rest + (ms - rest) * shape.layers / layers;
  };

  const prompt = { slot: 0, ids: Array.from({ length: shape.promptTokens }, (_, i) => i) };
  let promptMs = Infinity;
  for (let run = 0; run <= RUNS; run++) {
    decoder.admit(prompt, GREEDY, []);
    const start = performance.now();
    await decoder.prefill([prompt]);
    await decoder.tokens();
    if (run > 0) promptMs = Math.min(promptMs, performance.now() - start);
  }
  const plans = decoder.plans(shape.promptTokens);
  print("prompt", {
    tokens: shape.promptTokens,
    ms: promptMs,
    operations: plans.prompt.reduce((sum, plan) => sum + plan.cost().operations, 0) * shape.promptTokens /
      plans.promptRows,
    all_layers_ms: whole(promptMs, 0),
    ...plans.promptRows === shape.promptTokens &&
      { predicted_ms: predictedMs(plans.prompt, "prompt") },
  });
  let other = 0;
  if (gpu.traits.timestamps) {
    printKernels(await timeSteps(gpu, plans.prompt, RUNS), "prompt", { tokens: plans.promptRows });
    for (const reach of [shape.reaches[0], shape.reaches.at(-1)!]) {
      admit(1, reach, GREEDY);
      const times = await timeSteps(gpu, decoder.plans(reach).step, RUNS);
      printKernels(times, "step", { reach });
      other = times.filter(({ step }) => !step.label.startsWith("layers.")).reduce(
        (sum, { ms }) => sum + ms,
        0,
      );
    }
  }
  for (const sequences of shape.sequences) {
    for (const reach of shape.reaches) {
      for (const options of [GREEDY, DRAWN]) {
        const { step, encode } = await stepMs(sequences, reach, options);
        const { step: stepPlans } = decoder.plans(reach, sequences);
        const read = stepPlans.reduce((sum, plan) => sum + plan.cost().bytes, 0);
        const all = whole(step, other);
        print("decode", {
          reach,
          sequences,
          sampled: options.doSample,
          ms: step,
          all_layers_ms: all,
          tokens_per_second: 1e3 * sequences / all,
          gb_per_second: read / step / 1e6,
          encode_ms: encode,
          predicted_ms: predictedMs(stepPlans, `${sequences}`),
        });
      }
    }
  }
  decoder.dispose();
}
