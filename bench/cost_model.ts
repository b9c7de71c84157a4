/**
 * Milliseconds of a dispatch on paper, from its bytes, operations, workgroups and round trips to memory, and a
 * table of devices. `scripts/gpu_check.sh` prints the prediction beside each measured figure.
 *
 * A dispatch lasts as long as the slowest of three, after its start and the loads that precede the loop:
 * - memory: bytes / bandwidth;
 * - arithmetic: vector instructions / the rate of the units that have a workgroup;
 * - latency: each workgroup waits for its loads turn by turn, and workgroups beyond those that a device holds at
 *   once wait for a place.
 */
import type { Gpu } from "../src/gpu/gpu.ts";
import type { Step } from "../src/gpu/plan.ts";

/** A device's figures, from its maker's data sheets; latency and start are estimates until a device confirms them. */
export interface Device {
  readonly name: string;
  /** Matches WebGPU's description of the adapter. */
  readonly pattern: RegExp;
  /** Peak bandwidth of memory, in GB/s. */
  readonly bandwidth: number;
  /** Peak of float32 products and sums without matrix units, in GFLOP/s. */
  readonly gflops: number;
  /** SMs, CUs, Xe cores or GPU cores. */
  readonly units: number;
  /** 32-bit registers of a unit's threads, and the most threads that it holds. */
  readonly registers: number;
  readonly threads: number;
  /** Nanoseconds of a load from memory. */
  readonly latency: number;
  /** Microseconds from the end of one dispatch to the start of the next one that depends on it. */
  readonly start: number;
  /** The GPU of bench/COMPILERS.md whose figures are nearest. */
  readonly compiled: string;
}

/** Devices by adapter; the first that matches counts, the last matches all. AMD's peak is without dual issue. */
export const DEVICES: readonly Device[] = [
  device("H200", /H200/, [4800, 66_900, 132], [65_536, 2048], [700, 3], "ga102"),
  device("H100", /H100/, [3350, 66_900, 132], [65_536, 2048], [700, 3], "ga102"),
  device("A100", /A100/, [1555, 19_500, 108], [65_536, 2048], [600, 3], "ga102"),
  device("RTX 4090", /RTX 4090/, [1008, 82_600, 128], [65_536, 1536], [550, 3], "ga102"),
  device("RTX 3090", /RTX 3090/, [936, 35_600, 82], [65_536, 1536], [500, 3], "ga102"),
  device("RX 7900 XTX", /7900 XTX|NAVI31/i, [960, 30_700, 96], [98_304, 2048], [500, 4], "gfx1100"),
  device("RX 6800", /RX 6800|NAVI21/i, [512, 16_200, 60], [65_536, 2048], [450, 4], "navi21"),
  device("M3 Max", /M3 Max/, [400, 14_000, 40], [53_248, 1024], [400, 2], "gfx1100"),
  device("Arc A770", /A770|DG2/i, [560, 19_600, 32], [131_072, 2048], [600, 5], "dg2"),
  device("Iris Xe", /Iris|TGL/i, [60, 2000, 6], [114_688, 1792], [400, 4], "tgl"),
  device(
    "software driver",
    /llvmpipe|lavapipe|SwiftShader/i,
    [15, 50, 2],
    [16_384, 128],
    [100, 20],
    "gfx1100",
  ),
  device("unknown GPU", /^/, [300, 10_000, 32], [65_536, 1536], [500, 4], "gfx1100"),
];

function device(
  name: string,
  pattern: RegExp,
  [bandwidth, gflops, units]: readonly number[],
  [registers, threads]: readonly number[],
  [latency, start]: readonly number[],
  compiled: string,
): Device {
  return { name, pattern, bandwidth, gflops, units, registers, threads, latency, start, compiled };
}

/** The row of an adapter. */
export function deviceOf(description: string): Device {
  return DEVICES.find(({ pattern }) => pattern.test(description))!;
}

/** Share of the peak bandwidth that a copy reaches, where it was not measured. */
const COPY_SHARE = 0.9;
/** Bytes that a thread has under way: eight loads of 16 bytes. */
const IN_FLIGHT = 128;
/** Loads in a row before a loop begins (description of the rows, places) and after it (residual). */
const TRIPS_AROUND = 4;
/** Registers of a thread, where no compiler has said. */
const REGISTERS = 96;
/** Vector instructions for each product, where no compiler has said: a tile has 0.7 of loads and addresses. */
const INSTRUCTIONS = 1.7;

/** A dispatch. */
export interface Dispatch {
  readonly bytes: number;
  readonly operations: number;
  readonly workgroups: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Figures of a compiler: registers of a thread, waits around the loop, vector instructions for each product. */
  readonly registers?: number;
  readonly trips?: number;
  readonly vectorPerProduct?: number;
}

/** A prediction and its reasons. */
export interface Prediction {
  readonly ms: number;
  readonly bound: "memory" | "arithmetic" | "latency";
  /** Workgroups that the device holds at once. */
  readonly resident: number;
  /** Loads that a workgroup waits for, one after another. */
  readonly trips: number;
}

/** @param copyRate measured bandwidth of copying, in GB/s; default: a share of the device's peak */
export function predict(device: Device, dispatch: Dispatch, copyRate?: number): Prediction {
  const { bytes, operations, workgroups, threads } = dispatch;
  const { registers = REGISTERS, trips: around = TRIPS_AROUND, vectorPerProduct = INSTRUCTIONS } = dispatch;
  const held = Math.min(device.threads, device.registers / registers);
  const resident = device.units * Math.max(1, Math.floor(held / threads));
  const streamed = Math.ceil(bytes / workgroups / threads / IN_FLIGHT);
  const products = operations / 2;
  const busy = Math.min(1, workgroups / device.units);
  const latencyMs = device.latency / 1e6;
  const bounds = {
    memory: bytes / (copyRate ?? COPY_SHARE * device.bandwidth) / 1e6,
    arithmetic: products * vectorPerProduct / (device.gflops / 2 * busy) / 1e6,
    latency: Math.max(1, workgroups / resident) * streamed * latencyMs,
  };
  const [bound, longest] = Object.entries(bounds).reduce((a, b) => b[1] > a[1] ? b : a);
  return {
    ms: device.start / 1e3 + around * latencyMs + longest,
    bound: bound as Prediction["bound"],
    resident,
    trips: streamed + around,
  };
}

/** A recorded step as a dispatch: what its plan knows, without a compiler's figures. */
export function dispatchOf(gpu: Gpu, step: Step): Dispatch {
  const [x, y, z] = step.workgroups();
  const { bytes, operations } = step.cost?.() ?? { bytes: 0, operations: 0 };
  return { bytes, operations, workgroups: x * y * z, threads: threadsOf(gpu, step) };
}

/** Threads of a workgroup, from the linked text, where they may be a constant. */
function threadsOf(gpu: Gpu, { label, pipeline }: Step): number {
  const [code] = [...gpu.pipelines].find(([, one]) => one === pipeline) ?? [""];
  const size = /@workgroup_size\((\w+)\)/.exec(code)?.[1] ?? "";
  const threads = Number(/^\d/.test(size) ? parseInt(size) : constant(code, size));
  if (!(threads > 0)) throw new Error(`${label}: no workgroup size in its text`);
  return threads;
}

function constant(code: string, name: string): number {
  return parseInt(new RegExp(`const ${name}\\b[^=]*= *(\\d+)`).exec(code)?.[1] ?? "");
}
