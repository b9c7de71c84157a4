/**
 * Runs `llama bench` and other programs on the same weights alternately, and prints medians and ratios.
 *
 *     deno run -A bench/peers.ts MODEL_FOLDER PEER… [--prompt 128] [--generate 32] [--rounds 3] [-- OPTIONS
 * OF BENCH]
 *
 * A PEER is KIND=WHAT and runs a script that prints one JSON line per round with prompt_tps and generate_tps:
 *
 *     vulkan=FOLDER/FILE.gguf   llama.cpp on the Vulkan driver (FOLDER holds llama_cpp.mjs and
 * node-llama-cpp)
 *     cpu=FOLDER/FILE.gguf      llama.cpp on the CPU itself
 *     js=FOLDER/MODELS:NAME:fp16   transformers.js on onnxruntime's WebGPU (FOLDER holds transformers_js.mjs)
 *     torch=FOLDER/NAME:bfloat16   transformers on the CPU, by $PYTHON (FOLDER holds transformers_cpu.py)
 *
 * Each peer has a warm-up round; ours is warm after its first start, which is not counted.
 */
import { basename, dirname } from "@std/path";
import { median } from "../src/gpu/timing.ts";

interface Speeds {
  prompt: number;
  generate: number;
}

const split = Deno.args.indexOf("--");
const [own, bench] = split === -1 ? [Deno.args, []] : [Deno.args.slice(0, split), Deno.args.slice(split + 1)];
const numbers = { prompt: "128", generate: "32", rounds: "3" };
const [model, ...peers] = own.filter((word, i) => {
  const name = word.replace(/^--/, "") as keyof typeof numbers;
  if (word.startsWith("--")) numbers[name] = own[i + 1];
  return !word.startsWith("--") && !own[i - 1]?.startsWith("--");
});
const { prompt, generate, rounds } = numbers;
const launcher = new URL("../llama", import.meta.url).pathname;

async function output(command: string, args: string[], cwd?: string): Promise<string> {
  const env = { GGML_VK_VISIBLE_DEVICES: "0" };
  const { code, stdout } = await new Deno.Command(command, { args, cwd, env, stderr: "null" }).output();
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${code}`);
  return new TextDecoder().decode(stdout);
}

async function ours(): Promise<Speeds> {
  const args = ["bench", "-m", model, "-p", prompt, "-n", generate, "-r", "1", "--json", ...bench];
  const { tests } = JSON.parse(await output(launcher, args));
  const speed = (kind: string) =>
    tests.find(({ name }: { name: string }) => name.startsWith(kind)).tokens_per_second;
  return { prompt: speed("pp"), generate: speed("tg") };
}

/** Command line of each kind of peer, run in its folder. */
const commands: Record<string, (what: string) => [command: string, args: string[]]> = {
  vulkan: (file) => ["node", ["llama_cpp.mjs", file, "vulkan", prompt, generate]],
  cpu: (file) => ["node", ["llama_cpp.mjs", file, "cpu", prompt, generate]],
  js: (what) => {
    const [models, name, dtype] = what.split(":");
    return ["node", ["transformers_js.mjs", models, name, dtype, "webgpu", prompt, generate, "2"]];
  },
  torch: (what) => [Deno.env.get("PYTHON") ?? "python3", ["transformers_cpu.py", ...what.split(":")]],
};

async function theirs(peer: string): Promise<Speeds> {
  const [kind, path] = peer.split("=");
  const [command, args] = commands[kind](basename(path));
  const last = (await output(command, args, dirname(path))).trim().split("\n").at(-1)!;
  if (last.startsWith("{")) {
    const { prompt_tps, generate_tps } = JSON.parse(last);
    return { prompt: prompt_tps, generate: generate_tps };
  }
  const [, read, written] = last.match(/prompt ([\d.]+) generation ([\d.]+)/)!;
  return { prompt: Number(read), generate: Number(written) };
}

await ours();
const runs: Speeds[][] = [];
for (let round = 0; round < Number(rounds); round++) {
  const row = [await ours()];
  for (const peer of peers) row.push(await theirs(peer));
  runs.push(row);
  console.error(JSON.stringify(row));
}
console.log("| peer | work | llama | peer's | ratio |\n| --- | --- | --- | --- | --- |");
peers.forEach((peer, i) => {
  for (const work of ["prompt", "generate"] as const) {
    const us = median(runs.map((row) => row[0][work]));
    const them = median(runs.map((row) => row[i + 1][work]));
    const ratio = median(runs.map((row) => row[0][work] / row[i + 1][work]));
    const [kind, path] = peer.split("=");
    const cells = [`${kind} ${basename(path)}`, `${work} ${work === "prompt" ? prompt : generate}`];
    console.log(`| ${[...cells, us.toFixed(2), them.toFixed(2), `${ratio.toFixed(1)} ×`].join(" | ")} |`);
  }
});
