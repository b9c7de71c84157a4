/**
 * Speed of loading weights onto the device, alternating with its parts:
 *
 *     deno run -A bench/loading.ts MODEL_FOLDER [auto|float32|float16|bfloat16|int4] [rounds 3]
 *
 * - cat: `cat FILES > /dev/null`, after a first run that fills the page cache;
 * - reading: all of the uploader's work (reading, converting, arranging), with calls of the driver only
 *   recorded;
 * - driver: exactly the writes of a load, with the same sizes, targets and waits, from chunks already in
 *   memory: the driver's own time, without reading;
 * - load: everything.
 *
 * Each is measured in a process of its own, so that their memory does not mix. "Beside" is the peak memory of
 * the process minus the weights on the device (a software driver's memory is the process' own), including the
 * runtime and the driver's code.
 */
import { cpuUsage } from "node:process";
import { causalHead, loadWeights } from "../src/model/weights/weights.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { LlamaConfig } from "../src/checkpoint/config/config.ts";
import { median } from "../src/gpu/timing.ts";
import { openCheckpoint } from "../src/checkpoint/safetensors/open_checkpoint.ts";
import { quantizingSource } from "../src/checkpoint/int4/int4_quantizing_source.ts";
import { isQuantizable } from "../src/checkpoint/int4/int4_modules.ts";
import type { StorageDtype } from "../src/gpu/matrix.ts";

/** Result of one measurement. */
interface Figures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** CPU seconds of the thread that converts and submits; other threads read. */
  readonly mainSeconds: number;
  /** Bytes of weights on the device. */
  readonly onDevice: number;
  /** Peak memory besides those, in bytes. */
  readonly beside: number;
}

type Kind = "cat" | "reading" | "driver" | "load";

/** More bytes than are ever written at once. */
const MOST_WRITTEN = 32 * 2 ** 20;

/** A recorded call of the driver. */
type Call = () => void | Promise<void>;

const [model, storage = "auto", rounds = "3", only] = Deno.args;

async function load(gpu: Gpu): Promise<void> {
  const config = await LlamaConfig.fromPretrained(model);
  const checkpoint = await openCheckpoint(model);
  try {
    await loadWeights(gpu, checkpoint, config, {
      dtype: storage === "int4" ? "auto" : storage as StorageDtype | "auto",
      heads: causalHead(config),
      int4: (module) => {
        const tensor = checkpoint.tensors.get(`${module}.weight`);
        if (storage !== "int4" || !tensor || !isQuantizable(tensor, 128)) return undefined;
        return quantizingSource(checkpoint, tensor, 128);
      },
    });
  } finally {
    checkpoint.close();
  }
}

/** Loads without the driver and returns the recorded calls, with their bytes replaced by existing ones. */
async function callsOf(gpu: Gpu): Promise<Call[]> {
  const { write, writeTexture, submit, drain } = gpu;
  const calls: Call[] = [];
  const chunk = new Uint8Array(MOST_WRITTEN).fill(7);
  gpu.write = (buffer, offset, { byteLength }) => {
    calls.push(() => write.call(gpu, buffer, offset, chunk.subarray(0, byteLength)));
  };
  gpu.writeTexture = (texture, layer, row, rows, { byteLength }) => {
    calls.push(() => writeTexture.call(gpu, texture, layer, row, rows, chunk.subarray(0, byteLength)));
  };
  gpu.flush = () => void calls.push(() => submit.call(gpu));
  gpu.drain = () => {
    calls.push(() => drain.call(gpu));
    return Promise.resolve();
  };
  await load(gpu);
  Object.assign(gpu, { write, writeTexture, drain, flush: () => submit.call(gpu) });
  return calls;
}

async function measure(kind: Exclude<Kind, "cat">): Promise<Figures> {
  const gpu = await Gpu.open();
  const calls = kind === "driver" ? await callsOf(gpu) : undefined;
  const before = cpuUsage();
  const mainBefore = mainThreadSeconds();
  const start = performance.now();
  if (kind === "reading") await callsOf(gpu);
  else if (kind === "load") await load(gpu);
  else for (const call of calls!) await call();
  const seconds = (performance.now() - start) / 1e3;
  const { user, system } = cpuUsage(before);
  const most = Number(/VmHWM:\s*(\d+)/.exec(await Deno.readTextFile("/proc/self/status"))![1]) * 1024;
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    mainSeconds: mainThreadSeconds() - mainBefore,
    onDevice: gpu.allocatedBytes,
    beside: most - gpu.allocatedBytes,
  };
}

/** CPU seconds of this process' first thread, in steps of 10 ms. */
function mainThreadSeconds(): number {
  const stat = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
  return (user + system) / 100;
}

async function inChild(kind: Exclude<Kind, "cat">): Promise<Figures> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, model, storage, rounds, kind],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`${kind}: exit code ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function cat(files: readonly string[]): Promise<Figures> {
  const start = performance.now();
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", 'TIMEFORMAT="%R %U %S"; { time cat "$@" > /dev/null; } 2>&1', "cat", ...files],
  }).output();
  const [, user, system] = new TextDecoder().decode(stdout).trim().split(" ").map(Number);
  const seconds = (performance.now() - start) / 1e3;
  return { seconds, cpuSeconds: user + system, mainSeconds: user + system, onDevice: 0, beside: 0 };
}

if (only) {
  console.log(JSON.stringify(await measure(only as "load")));
  Deno.exit();
}
const checkpoint = await openCheckpoint(model);
const files = checkpoint.files;
const bytes = [...checkpoint.tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0);
checkpoint.close();
await cat(files);
const kinds: Kind[] = ["cat", "reading", "driver", "load"];
const figures: Record<Kind, Figures[]> = { cat: [], reading: [], driver: [], load: [] };
for (let round = 0; round < Number(rounds); round++) {
  for (const kind of kinds) {
    figures[kind].push(kind === "cat" ? await cat(files) : await inChild(kind));
  }
}
const of = (kind: Kind, field: keyof Figures) => median(figures[kind].map((it) => it[field]));
console.log(
  `${model}, ${storage}: ${(bytes / 1e6).toFixed(0)} MB in files, ${
    (of("load", "onDevice") / 1e6).toFixed(0)
  } MB on the device`,
);
console.log(
  "| what | s | MB/s | CPU s | of the first thread | beside, MB |\n| --- | --- | --- | --- | --- | --- |",
);
for (const kind of kinds) {
  const cells = [
    of(kind, "seconds").toFixed(2),
    (bytes / of(kind, "seconds") / 1e6).toFixed(0),
    of(kind, "cpuSeconds").toFixed(2),
    of(kind, "mainSeconds").toFixed(2),
    kind === "cat" || kind === "reading" ? "" : (of(kind, "beside") / 1e6).toFixed(0),
  ];
  console.log(`| ${kind} | ${cells.join(" | ")} |`);
}
/** Loading speed without the driver's own time, as a share of cat's: of the medians, and round by round. */
function shares(field: "seconds" | "mainSeconds"): string {
  const share = (cat: number, load: number, driver: number) =>
    load <= driver ? "no time of its own" : `${(100 * cat / (load - driver)).toFixed(0)} %`;
  const rounds = figures.load.map((load, i) =>
    share(figures.cat[i][field], load[field], figures.driver[i][field])
  );
  return `${share(of("cat", field), of("load", field), of("driver", field))} (${rounds.join(", ")})`;
}
console.log(`cat / (load − driver), by the clock: ${shares("seconds")}`);
console.log(`the same, by the first thread's CPU time: ${shares("mainSeconds")}`);
