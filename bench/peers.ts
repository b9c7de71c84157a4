/**
 * Runs `llama bench` and llama.cpp on the same weights in turns, and prints medians and their ratio.
 *
 *     deno run -A bench/peers.ts MODEL_FOLDER FILE.gguf FOLDER_OF_LLAMA_CPP_MJS [prompt] [generate] [rounds]
 *
 * The peer is node-llama-cpp (llama.cpp's Vulkan backend) on the same driver; its script prints one JSON line a round,
 * of which the first warms up.
 */
const [model, gguf, peers, prompt = "128", generate = "32", rounds = "3"] = Deno.args;
const launcher = new URL("../llama", import.meta.url).pathname;

interface Speeds {
  prompt: number;
  generate: number;
}

async function output(command: string, args: string[], cwd?: string): Promise<string> {
  const env = { GGML_VK_VISIBLE_DEVICES: "0" };
  const { code, stdout } = await new Deno.Command(command, { args, cwd, env, stderr: "null" }).output();
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit ${code}`);
  return new TextDecoder().decode(stdout);
}

async function ours(): Promise<Speeds> {
  const args = ["bench", "-m", model, "-p", prompt, "-n", generate, "-r", "1", "--json"];
  const { tests } = JSON.parse(await output(launcher, args));
  const speed = (kind: string) =>
    tests.find(({ name }: { name: string }) => name.startsWith(kind)).tokens_per_second;
  return { prompt: speed("pp"), generate: speed("tg") };
}

async function theirs(): Promise<Speeds> {
  const lines = (await output("node", ["llama_cpp.mjs", gguf, "vulkan", prompt, generate], peers)).trim()
    .split("\n");
  const { prompt_tps, generate_tps } = JSON.parse(lines.at(-1)!);
  return { prompt: prompt_tps, generate: generate_tps };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const runs: { us: Speeds; them: Speeds }[] = [];
for (let round = 0; round < Number(rounds); round++) {
  runs.push({ us: await ours(), them: await theirs() });
  console.error(JSON.stringify(runs.at(-1)));
}
console.log("| work | llama | llama.cpp Vulkan | ratio |\n| --- | --- | --- | --- |");
for (const kind of ["prompt", "generate"] as const) {
  const [us, them] = [median(runs.map(({ us }) => us[kind])), median(runs.map(({ them }) => them[kind]))];
  const ratio = median(runs.map(({ us, them }) => us[kind] / them[kind]));
  console.log(
    `| ${kind} ${kind === "prompt" ? prompt : generate} | ${us.toFixed(2)} | ${them.toFixed(2)} | ${
      ratio.toFixed(1)
    } × |`,
  );
}
