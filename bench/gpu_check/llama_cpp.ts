/**
 * A part of `scripts/gpu_check.sh`: llama.cpp's Vulkan and ours on the same card and the same shape, with two
 * layers, as a JSON line for each kind of weights.
 *
 *     deno run -A bench/gpu_check/llama_cpp.ts 8b|7b|small
 *
 * Exit code 3, with one line, if npm cannot install node-llama-cpp.
 */
import { join } from "@std/path";
import { LlamaError } from "../../src/base/errors.ts";
import { bench } from "../../src/generate/measure/bench.ts";
import { tune, TUNING_BUDGET_MS } from "../../src/generate/measure/tune.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { writeGguf } from "./gguf.ts";
import { randomModel, requireFast, SHAPES, withLayers } from "./model.ts";

const VERSION = "3.22.1";
const LAYERS = 2;
const ROUNDS = 3;
const KINDS = { float16: "f16", int4: "q4_0" } as const;

/** Prints tokens a second of a prompt and of tokens after it, each the best of some rounds. */
const PROGRAM = `
import { getLlama } from "node-llama-cpp";
const [file, prompt, generate, rounds] = process.argv.slice(2);
const llama = await getLlama({ gpu: "vulkan", build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: file, gpuLayers: 999 });
const context = await model.createContext({ contextSize: 1024, batchSize: 512 });
const sequence = context.getSequence();
const ids = Array.from({ length: +prompt }, (_, i) => 300 + (i * 7919) % 3000);
const best = { prompt: 0, generate: 0 };
for (let round = 0; round <= +rounds; round++) {
  await sequence.clearHistory();
  const start = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(ids);
  const read = performance.now();
  let first = read, made = 0;
  for await (const _ of sequence.evaluate([301], { temperature: 0, yieldEogToken: true })) {
    if (made++ === 0) first = performance.now();
    if (made > +generate) break;
  }
  if (round === 0) continue;
  best.prompt = Math.max(best.prompt, 1e3 * prompt / (read - start));
  best.generate = Math.max(best.generate, 1e3 * (made - 1) / (performance.now() - first));
}
console.log(JSON.stringify({ device: (await llama.getGpuDeviceNames()).join(), ...best }));
process.exit(0);`;

const [name] = Deno.args;
const shape = SHAPES[name];
const [prompt, generate] = name === "small" ? [64, 8] : [shape.promptTokens, 64];
const config = withLayers(shape, LAYERS);
const folder = await Deno.makeTempDir();
try {
  using gpu = await Gpu.open();
  requireFast(gpu, name);
  await install();
  for (const weights of ["float16", "int4"] as const) await compare(gpu, weights);
} catch (error) {
  console.error(`llama.cpp: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = error instanceof LlamaError ? error.exitCode : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function output(command: string, args: readonly string[]): Promise<string> {
  // Without the variable llama.cpp leaves out software drivers.
  const env = { GGML_VK_VISIBLE_DEVICES: "0" };
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd: folder, env })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`${command}: ${text(stderr).split("\n")[0]}`);
  return text(stdout);
}

async function install(): Promise<void> {
  await Deno.writeTextFile(join(folder, "package.json"), "{}");
  await Deno.writeTextFile(join(folder, "speed.mjs"), PROGRAM);
  const os = `${Deno.build.os === "darwin" ? "mac" : Deno.build.os}-${
    Deno.build.arch === "x86_64" ? "x64" : "arm64"
  }`;
  const packages = [`node-llama-cpp@${VERSION}`, `@node-llama-cpp/${os}-vulkan@${VERSION}`];
  const quiet = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  try {
    await output("npm", ["install", ...quiet, ...packages]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`llama.cpp: left out, npm cannot install node-llama-cpp: ${reason}`);
    await Deno.remove(folder, { recursive: true });
    Deno.exit(3);
  }
}

async function compare(gpu: Gpu, weights: keyof typeof KINDS): Promise<void> {
  const file = join(folder, `${weights}.gguf`);
  await writeGguf(file, config, KINDS[weights]);
  const speed = join(folder, "speed.mjs");
  const theirs = JSON.parse(await output("node", [speed, file, `${prompt}`, `${generate}`, `${ROUNDS}`]));
  await Deno.remove(file);
  const model = await randomModel(gpu, config, weights);
  await tune(model, { budgetMs: TUNING_BUDGET_MS });
  const lengths = { promptTokens: [prompt], generateTokens: [generate], repetitions: ROUNDS };
  const [read, made] = (await bench(model, lengths)).tests.map(({ runs }) => Math.max(...runs));
  model.dispose();
  const ours = { prompt: read, generate: made };
  console.log(
    JSON.stringify({ kind: "peer", shape: name, weights, layers: LAYERS, prompt, generate, ours, theirs }),
  );
}
