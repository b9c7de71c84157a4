import { Plan } from "./plan.ts";

/**
 * Operations that one submit asks of a GPU at most, if it has several steps. Systems take a GPU away from who keeps it for
 * seconds (Windows for 2, macOS for about 5, Linux for 2 to 10 by driver), and slow ones in laptops make about 10¹¹ of
 * ours a second.
 */
export const MOST_OPERATIONS = 1e11;

/**
 * Encodes a plan as {@linkcode Plan.encode} does, but submits its first steps by and by where they are much work.
 * @returns an encoder that holds the last steps, not submitted
 */
export function encodeInParts(plan: Plan): GPUCommandEncoder {
  const { gpu } = plan;
  let encoder = gpu.device.createCommandEncoder();
  let part = new Plan(gpu);
  let operations = 0;
  for (const step of plan.steps) {
    // Nothing watches a software driver.
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
