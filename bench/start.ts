/**
 * Time from the start of a process to the first token behind a prompt of 128 tokens, this project's and peers' in turns,
 * with the driver's shader cache empty and filled.
 *
 *     deno run -A bench/start.ts MODEL_FOLDER vulkan=FOLDER/FILE.gguf js=FOLDER/MODELS:NAME:fp16 [--rounds 5]
 *
 * Peers as in peers.ts. The cache is Mesa's, in a folder of each program's own.
 */
import { basename, dirname, resolve } from "@std/path";
import { median } from "../src/gpu/timing.ts";

const at = Deno.args.indexOf("--rounds");
const rounds = at === -1 ? 5 : Number(Deno.args[at + 1]);
const [model, ...peers] = at === -1 ? Deno.args : Deno.args.slice(0, at);
const ids = Array.from({ length: 128 }, (_, i) => 300 + (i * 7919) % 30000);

const LLAMA_CPP = `
import { getLlama } from "node-llama-cpp";
const llama = await getLlama({ gpu: "vulkan", build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: process.argv[2], gpuLayers: 999 });
const sequence = (await model.createContext({ threads: 2, contextSize: 1024, batchSize: 512 })).getSequence();
for await (const token of sequence.evaluate(${
  JSON.stringify(ids)
}, { temperature: 0, yieldEogToken: true })) {
  console.log(token);
  process.exit(0);
}`;
const TRANSFORMERS_JS = `
import { AutoModelForCausalLM, env, Tensor } from "@huggingface/transformers";
const [models, name, dtype] = process.argv[2].split(":");
Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: models + "/" });
const model = await AutoModelForCausalLM.from_pretrained(name, { device: "webgpu", dtype });
const ids = BigInt64Array.from(${JSON.stringify(ids)}.map(BigInt));
const made = await model.generate({
  input_ids: new Tensor("int64", ids, [1, 128]),
  attention_mask: new Tensor("int64", new BigInt64Array(128).fill(1n), [1, 128]),
  max_new_tokens: 1,
  do_sample: false,
});
console.log(String(made.data.at(-1)));
process.exit(0);`;

interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly stdin: string;
}

const programs: Program[] = [{
  name: "llama",
  command: new URL("../llama", import.meta.url).pathname,
  args: ["run", "-m", resolve(model), "--jsonl", "--json", "--greedy", "-n", "1"],
  stdin: JSON.stringify({ prompt: ids }) + "\n",
}];
const scripts: string[] = [];
for (const peer of peers) {
  const [kind, path] = peer.split("=");
  const code = kind === "js" ? TRANSFORMERS_JS : LLAMA_CPP;
  // Beside the peer's packages, which it is to find.
  const script = await Deno.makeTempFile({ dir: dirname(path), suffix: ".mjs" });
  await Deno.writeTextFile(script, code);
  scripts.push(script);
  programs.push({
    name: `${kind} ${basename(path)}`,
    command: "node",
    args: [script, basename(path)],
    cwd: dirname(path),
    stdin: "",
  });
}

/** Seconds to the first byte on stdout. */
async function firstByte({ name, command, args, cwd, stdin }: Program, cache: string): Promise<number> {
  const env = { GGML_VK_VISIBLE_DEVICES: "0", MESA_SHADER_CACHE_DIR: cache };
  const start = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  const seconds = (performance.now() - start) / 1e3;
  if (done) throw new Error(`${name}: no output`);
  while (!(await reader.read()).done);
  await child.status;
  return seconds;
}

const times = programs.map(() => ({ empty: [] as number[], filled: [] as number[] }));
for (let round = 0; round < rounds; round++) {
  for (const [i, program] of programs.entries()) {
    const cache = await Deno.makeTempDir();
    times[i].empty.push(await firstByte(program, cache));
    times[i].filled.push(await firstByte(program, cache));
    await Deno.remove(cache, { recursive: true });
    console.error(program.name, times[i].empty.at(-1), times[i].filled.at(-1));
  }
}
for (const script of scripts) await Deno.remove(script);
console.log("| program | filled cache, s | empty cache, s |\n| --- | --- | --- |");
programs.forEach(({ name }, i) => {
  console.log(`| ${name} | ${median(times[i].filled).toFixed(2)} | ${median(times[i].empty).toFixed(2)} |`);
});
