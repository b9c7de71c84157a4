/**
 * The summary of `scripts/gpu_check.sh`: reads the JSON lines of a folder, writes results.json and table.md into
 * another, and prints the table.
 *
 *     deno run -A bench/gpu_check/table.ts LINES RESULTS
 */
import { join } from "@std/path";
import { type Line, linesOf, readLines } from "./figures.ts";
import { goalsOf } from "./goals.ts";

if (import.meta.main) {
  const [from, to] = Deno.args;
  const names = [...Deno.readDirSync(from)].map(({ name }) => name).filter((name) => name.endsWith(".jsonl"));
  const lines = names.toSorted().flatMap((name) => readLines(Deno.readTextFileSync(join(from, name))));
  const text = tableOf(lines);
  await Deno.writeTextFile(
    join(to, "results.json"),
    `${JSON.stringify({ lines, goals: goalsOf(lines) }, null, 1)}\n`,
  );
  await Deno.writeTextFile(join(to, "table.md"), text);
  console.log(text);
}

/** All figures as tables in Markdown. */
export function tableOf(lines: readonly Line[]): string {
  const [device] = linesOf(lines, "device");
  const title = device
    ? `${device.device}: copying ${device.copy.toFixed(0)} GB/s; cost model: ${device.model}, ` +
      `${device.bandwidth} GB/s, ${device.gflops} GFLOP/s`
    : "No device answered";
  const decode = linesOf(lines, "decode");
  const prompts = linesOf(lines, "prompt");
  const peers = linesOf(lines, "peer");
  return [
    `# ${title}`,
    section(
      "Steps of the check",
      ["step", "result", "s"],
      linesOf(lines, "run").map((run) => [
        run.name,
        run.result,
        run.seconds,
      ]),
    ),
    section(
      "Goals of a real GPU",
      ["goal", "measured", "reached"],
      goalsOf(lines).map((one) => [
        one.goal,
        one.measured,
        one.reached === undefined ? "" : one.reached ? "yes" : "no",
      ]),
    ),
    section(
      "Decoding (greedy or drawn; all layers: computed, if fewer were measured)",
      [
        "model",
        "layers",
        "sequences",
        "positions",
        "tokens",
        "ms",
        "predicted",
        "ratio",
        "GB/s",
        "encoding ms",
        "all layers: tokens/s",
      ],
      decode.map((one) => [
        modelOf(one),
        layersOf(lines, one),
        one.sequences,
        one.reach,
        one.sampled ? "drawn" : "greedy",
        ...predicted(one),
        one.gb_per_second.toFixed(1),
        one.encode_ms.toFixed(3),
        one.tokens_per_second.toFixed(1),
      ]),
    ),
    section(
      "Prompts",
      ["model", "layers", "tokens", "ms", "predicted", "ratio", "GFLOP/s", "all layers: tokens/s"],
      prompts.map((one) => [
        modelOf(one),
        layersOf(lines, one),
        one.tokens,
        ...predicted(one),
        (one.operations / one.ms / 1e6).toFixed(0),
        (1e3 * one.tokens / one.all_layers_ms).toFixed(1),
      ]),
    ),
    section(
      "Kernels (of a prompt, or of a step behind so many positions)",
      [
        "model",
        "work",
        "kernel",
        "number",
        "ms",
        "predicted",
        "ratio",
        "GB/s",
        "of copying",
        "GFLOP/s",
        "slowest",
        "trips",
        "workgroups at once",
      ],
      linesOf(lines, "prompt kernel", "step kernel").map((one) => [
        modelOf(one),
        one.reach ?? "prompt",
        one.kernel,
        one.dispatches,
        ...predicted(one),
        one.gb_per_second.toFixed(1),
        `${(100 * one.share_of_copy).toFixed(0)} %`,
        one.gflop_per_second.toFixed(0),
        one.bound,
        one.trips,
        one.resident,
      ]),
    ),
    section(
      "Start to the first byte, default model",
      ["driver's shader cache", "s"],
      linesOf(lines, "start").map((one) => [one.cache, one.seconds.toFixed(2)]),
    ),
    section(
      "llama.cpp Vulkan, tokens a second, ours / theirs",
      ["model", "layers", "prompt", "", "generation", "", "device"],
      peers.map((one) => [
        modelOf(one),
        one.layers,
        ...(["prompt", "generate"] as const).flatMap((work) => [
          `${one[work]}: ${one.ours[work].toFixed(1)} / ${one.theirs[work].toFixed(1)}`,
          `${(one.ours[work] / one.theirs[work]).toFixed(2)} ×`,
        ]),
        one.theirs.device,
      ]),
    ),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** Milliseconds, the prediction, and their ratio. */
function predicted({ ms, predicted_ms }: { ms: number; predicted_ms?: number }): string[] {
  if (predicted_ms === undefined) return [ms.toFixed(3), "", ""];
  return [ms.toFixed(3), predicted_ms.toFixed(3), (ms / predicted_ms).toFixed(2)];
}

function modelOf({ shape, weights }: { shape: string; weights: string }): string {
  return `${shape} ${weights}`;
}

function layersOf(lines: readonly Line[], of: { shape: string; weights: string }): number | string {
  return linesOf(lines, "device").find((one) => modelOf(one) === modelOf(of))?.layers ?? "";
}

/** A heading and a table; nothing without rows. */
function section(title: string, header: readonly string[], rows: readonly (string | number)[][]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [`## ${title}`, "", line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
