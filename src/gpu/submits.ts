import { Plan } from "./plan.ts";

/**
 * Most operations in one submit with several steps. Operating systems reset a GPU that is busy for seconds
 * (Windows after 2, macOS about 5, Linux 2 to 10 by driver), and slow laptop GPUs run about 10¹¹ of our
 * operations per second.
 */
export const MOST_OPERATIONS = 1e11;

/**
 * Encodes a plan like {@linkcode Plan.encode}, but submits its first steps in parts if they are much work.
 * @returns an encoder that holds the last steps, not submitted
 */
export function encodeInParts(plan: Plan): GPUCommandEncoder {
  const { gpu } = plan;
  let encoder = gpu.device.createCommandEncoder();
  let part = new Plan(gpu);
  let operations = 0;
  for (const step of plan.steps) {
    // Software drivers have no watchdog.
    const more = gpu.traits.software || "source" in step ? 0 : step.cost?.().operations ?? 0;
    if (operations > 0 && operations + more > MOST_OPERATIONS) {
      part.encode(encoder);
      gpu.submit(encoder.finish());
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
