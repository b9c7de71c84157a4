/**
 * Time from process start to the first token after a prompt of 128 tokens, of this project and its peers
 * alternately, with an empty and a filled shader cache of the driver.
 *
 *     deno run -A bench/start.ts MODEL_FOLDER vulkan=FOLDER/FILE.gguf js=FOLDER/MODELS:NAME:fp16 [--rounds 5]
 *         [--timeout 600] [--filled]
 *
 * Peers as in peers.ts. The cache is Mesa's, in a separate folder for each program: empty at the first start
 * of a round and filled at the second. `--filled` skips the slow empty starts: each program fills its cache
 * once, unmeasured. A start that exceeds the timeout, fails, or prints anything but a token is reported and
 * not counted.
 */
import { parseArgs } from "@std/cli/parse-args";
import { basename, dirname, resolve } from "@std/path";
import { median } from "../src/gpu/timing.ts";

const options = parseArgs(Deno.args, {
  string: ["rounds", "timeout"],
  boolean: ["filled"],
  default: { rounds: "5", timeout: "600" },
});
const [rounds, timeout] = [Number(options.rounds), Number(options.timeout)];
const [model, ...peers] = options._.map(String);
const ids = Array.from({ length: 128 }, (_, i) => 300 + (i * 7919) % 30000);

const LLAMA_CPP = `
import { getLlama } from "node-llama-cpp";
const llama = await getLlama({ gpu: "vulkan", build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: process.argv[2], gpuLayers: 999 });
if (llama.gpu !== "vulkan") throw new Error("llama.cpp runs on " + llama.gpu);
const sequence = (await model.createContext({ threads: 2, contextSize: 1024, batchSize: 512 })).getSequence();
for await (
  const token of sequence.evaluate(${JSON.stringify(ids)}, { temperature: 0, yieldEogToken: true })
) {
  process.stdout.write(token + "\\n", () => process.exit(0));
  break;
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
process.stdout.write(made.data.at(-1) + "\\n", () => process.exit(0));`;

/** A program and its results. */
interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly stdin: string;
  readonly seconds: { readonly empty: number[]; readonly filled: number[] };
  /** Tokens that it printed. */
  readonly tokens: Set<number>;
}

/** Kills a run that exceeds the timeout; killing only the shell would leave its process group running. */
async function start(program: Program, cache: string): Promise<{ seconds: number; token: number }> {
  const { command, args, cwd, stdin } = program;
  const began = performance.now();
  // `exec` in the launcher and in coreutils' timeout leave a single process to kill.
  const child = new Deno.Command("timeout", {
    args: ["--signal=KILL", String(timeout), command, ...args],
    cwd,
    env: { GGML_VK_VISIBLE_DEVICES: "0", MESA_SHADER_CACHE_DIR: cache, MESA_GLSL_CACHE_DIR: cache },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(() => {});
  const pieces: Uint8Array[] = [];
  let seconds = 0;
  for await (const piece of child.stdout) {
    if (pieces.length === 0) seconds = (performance.now() - began) / 1e3;
    pieces.push(piece);
  }
  const { code } = await child.status;
  const text = await new Blob(pieces as Uint8Array<ArrayBuffer>[]).text();
  if (code === 137) throw new Error(`no end within ${timeout} s`);
  const token = tokenOf(text);
  if (code !== 0 || token === undefined) {
    const [said] = (await complaint).trim().split("\n").slice(-1);
    throw new Error(`exit ${code}, answer ${JSON.stringify(text.slice(0, 80))}: ${said}`);
  }
  return { seconds, token };
}

/** The one token in a program's output: a number alone, or a result of `run --json`. */
function tokenOf(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const token = typeof value === "number" ? value : (value as { tokens: number[] }).tokens[0];
    return Number.isInteger(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Measures a start; counts it if it succeeds. */
async function measure(program: Program, cache: string, state: "empty" | "filled"): Promise<void> {
  try {
    const { seconds, token } = await start(program, cache);
    program.seconds[state].push(seconds);
    program.tokens.add(token);
    console.error(`${program.name}, ${state}: ${seconds.toFixed(2)} s, token ${token}`);
  } catch (error) {
    console.error(`${program.name}, ${state}: ${error instanceof Error ? error.message : error}`);
  }
}

function seconds(times: readonly number[]): string {
  return times.length > 0 ? `${median(times).toFixed(2)} (${times.length} of ${rounds})` : "–";
}

const programs: Program[] = [];
const made: string[] = [];
const results = () => ({ seconds: { empty: [], filled: [] }, tokens: new Set<number>() });
try {
  programs.push({
    name: "llama",
    command: new URL("../llama", import.meta.url).pathname,
    args: ["run", "-m", resolve(model), "--jsonl", "--json", "--greedy", "-n", "1"],
    stdin: JSON.stringify({ prompt: ids }) + "\n",
    ...results(),
  });
  for (const peer of peers) {
    const [kind, path] = peer.split("=");
    // Placed next to the peer's packages, so that it can import them.
    const script = await Deno.makeTempFile({ dir: dirname(path), suffix: ".mjs" });
    made.push(script);
    await Deno.writeTextFile(script, kind === "js" ? TRANSFORMERS_JS : LLAMA_CPP);
    programs.push({
      name: `${kind} ${basename(path)}`,
      command: "node",
      args: [script, basename(path)],
      cwd: dirname(path),
      stdin: "",
      ...results(),
    });
  }
  const kept = new Map<Program, string>();
  for (let round = 0; round < rounds; round++) {
    for (const program of programs) {
      const cache = kept.get(program) ?? await Deno.makeTempDir();
      made.push(cache);
      if (!options.filled) await measure(program, cache, "empty");
      else if (!kept.has(program)) await start(program, cache).catch(() => {});
      await measure(program, cache, "filled");
      if (options.filled) kept.set(program, cache);
      else await Deno.remove(cache, { recursive: true });
    }
  }
} finally {
  for (const path of made) await Deno.remove(path, { recursive: true }).catch(() => {});
}

const [ours] = programs;
console.log("| program | filled cache, s | empty cache, s | filled, × ours | empty, × ours | tokens |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const { name, seconds: { filled, empty }, tokens } of programs) {
  const ratio = (state: "filled" | "empty", times: number[]) =>
    times.length && ours.seconds[state].length
      ? (median(times) / median(ours.seconds[state])).toFixed(2)
      : "–";
  const cells = [name, seconds(filled), seconds(empty), ratio("filled", filled), ratio("empty", empty)];
  console.log(`| ${[...cells, [...tokens].join(" ")].join(" | ")} |`);
}
