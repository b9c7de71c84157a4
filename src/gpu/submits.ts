import { now, since } from "../base/clock.ts";
import type { Gpu } from "./gpu.ts";
import { Plan } from "./plan.ts";

/**
 * Most operations of one dispatch of attention, the only one that grows with the context: a slow laptop GPU runs about
 * 10¹¹ of our operations per second. Also those of a submit before the device's speed is known.
 */
export const MOST_DISPATCH_OPERATIONS = 2e10;

/**
 * Device time that a submit should take. Operating systems reset a GPU that is busy for seconds (Windows after 2, macOS
 * about 5, Linux 2 to 10 by driver); operations of another kind than the measured ones may take longer.
 */
const SUBMIT_MS = 200;
/** Submits between two measurements. */
const MEASURED_EACH = 32;

/** Operations that one submit of a device may have, from the time that others took. */
export class SubmitPace {
  #most = MOST_DISPATCH_OPERATIONS;
  #left = 0;

  get most(): number {
    return this.#most;
  }

  /** Counts a submit; true if it should be measured: the first ones, then now and then. */
  next(): boolean {
    return this.#left-- <= 0;
  }

  measured(operations: number, milliseconds: number): void {
    // Not a time of work: the runtime did not wait.
    if (milliseconds < 0.05) return;
    const fitting = operations * SUBMIT_MS / milliseconds;
    // A short time is not precise: approach in steps.
    const most = Math.min(fitting, 8 * this.#most);
    this.#left = most > 2 * this.#most ? 0 : MEASURED_EACH;
    this.#most = most;
  }
}

const paces = new WeakMap<Gpu, SubmitPace>();

/**
 * Encodes a plan like {@linkcode Plan.encode}, but submits its first steps in parts if they are much work.
 * @returns an encoder that holds the last steps, not submitted
 */
export function encodeInParts(plan: Plan): GPUCommandEncoder {
  const { gpu } = plan;
  let pace = paces.get(gpu);
  if (!pace) paces.set(gpu, pace = new SubmitPace());
  let encoder = gpu.device.createCommandEncoder();
  let part = new Plan(gpu);
  let operations = 0;
  for (const step of plan.steps) {
    // Software drivers have no watchdog.
    const runs = !gpu.traits.software && "workgroups" in step && step.workgroups().every((n) => n > 0);
    const more = runs ? step.cost?.().operations ?? 0 : 0;
    if (operations > 0 && operations + more > pace.most) {
      part.encode(encoder);
      submit(gpu, encoder.finish(), operations, pace);
      encoder = gpu.device.createCommandEncoder();
      part = new Plan(gpu);
      operations = 0;
    }
    part.steps.push(step);
    operations += more;
  }
  part.encode(encoder);
  return encoder;
}

function submit(gpu: Gpu, commands: GPUCommandBuffer, operations: number, pace: SubmitPace): void {
  if (!pace.next()) return gpu.submit(commands);
  wait(gpu);
  const start = now();
  gpu.submit(commands);
  wait(gpu);
  pace.measured(operations, since(start));
}

/** Waits for the device: Deno polls it before the call returns. */
function wait(gpu: Gpu): void {
  // A lost device is reported elsewhere.
  gpu.device.queue.onSubmittedWorkDone().catch(() => {});
}
