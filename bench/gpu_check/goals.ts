/** Figures that a real GPU should reach, each with what was measured. */
import { type DecodeLine, type Line, linesOf } from "./figures.ts";

export interface Goal {
  readonly goal: string;
  /** Undefined if it was not measured. */
  readonly reached?: boolean;
  readonly measured: string;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** A goal for the worst of some figures. */
function goal(name: string, values: readonly number[], limit: { least: number } | { most: number }): Goal {
  const least = "least" in limit;
  const bound = least ? `at least ${percent(limit.least)}` : `at most ${percent(limit.most)}`;
  if (values.length === 0) return { goal: `${name}: ${bound}`, measured: "not measured" };
  const worst = least ? Math.min(...values) : Math.max(...values);
  const reached = least ? worst >= limit.least : worst <= limit.most;
  return { goal: `${name}: ${bound}`, reached, measured: percent(worst) };
}

/** The goals of the 8B, in the order of a step's parts. */
export function goalsOf(lines: readonly Line[]): Goal[] {
  const [device] = linesOf(lines, "device");
  const kernels = linesOf(lines, "step kernel").filter(({ shape }) => shape === "8b");
  const float16 = kernels.filter(({ weights }) => weights === "float16");
  const decode = (weights: string) =>
    linesOf(lines, "decode").filter((line) =>
      line.shape === "8b" && line.weights === weights && line.sequences === 1
    );
  const greedy = (weights: string, reach: number) =>
    decode(weights).filter((line) => !line.sampled && line.reach === reach);
  const ofPeak = (line: DecodeLine) => line.gb_per_second / device.bandwidth;
  const prompts = linesOf(lines, "prompt").filter(({ shape, weights }) =>
    shape === "8b" && weights === "float16"
  );
  const long = greedy("float16", 8192).flatMap((one) =>
    greedy("float16", 128).map((short) => one.all_layers_ms / short.all_layers_ms)
  );
  // Kernels of the head are timed once, whatever the number of layers.
  const sampling = (weights: string, reach: number) =>
    kernels.filter((one) =>
      one.weights === weights && one.reach === reach && /^(scores|sample)$/.test(one.kernel)
    )
      .reduce((sum, { ms }) => sum + ms, 0);
  const shares = ["float16", "int4"].flatMap((weights) =>
    greedy(weights, 128).map((one) => sampling(weights, 128) / one.all_layers_ms)
  );
  // The small model is for software drivers.
  const timed = [...linesOf(lines, "decode"), ...linesOf(lines, "prompt")].filter(({ shape }) =>
    shape !== "small"
  );
  return [
    goal(
      "qkv, gate/up and head, bandwidth of copying",
      float16.filter(({ kernel }) => /^(qkv_proj|gate_up_proj|lm_head)$/.test(kernel)).map((one) =>
        one.share_of_copy
      ),
      { least: 0.75 },
    ),
    goal(
      "o and down, bandwidth of copying",
      float16.filter(({ kernel }) => /^(o|down)_proj$/.test(kernel)).map((one) => one.share_of_copy),
      { least: 0.6 },
    ),
    goal("decoding float16, peak bandwidth", greedy("float16", 128).map(ofPeak), { least: 0.62 }),
    goal("decoding int4, peak bandwidth", greedy("int4", 128).map(ofPeak), { least: 0.4 }),
    goal("a token behind 8,192 positions, of one behind 128", long, { most: 1.25 }),
    goal("sampling, of a step", shares, { most: 0.05 }),
    goal(
      "prompt of 512, float32 peak",
      prompts.map(({ operations, ms }) => operations / ms / 1e6 / device.gflops),
      { least: 0.45 },
    ),
    goal(
      "generation, of llama.cpp Vulkan's",
      linesOf(lines, "peer").map(({ ours, theirs }) => ours.generate / theirs.generate),
      { least: 0.8 },
    ),
    goal(
      "predictions, distance from what was measured",
      timed.flatMap(({ ms, predicted_ms }) =>
        predicted_ms === undefined ? [] : [Math.abs(predicted_ms / ms - 1)]
      ),
      { most: 0.3 },
    ),
  ];
}
