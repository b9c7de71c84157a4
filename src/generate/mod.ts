/**
 * Generation: a session takes prompts and generates tokens.
 * @module
 */
export { type BenchOptions, type BenchReport } from "./measure/bench.ts";
export type { KernelProfile } from "./measure/profile.ts";
export type { TuningRow } from "./measure/tune.ts";
export { defaultsFor } from "./options/defaults.ts";
export { type DeviceDescription, listDevices } from "./measure/devices.ts";
export { defaultDevice, type MemoryPlan, memoryPlan, parametersOf } from "./decode/memory.ts";
export { type Score } from "./measure/score.ts";
export { type ServingMemory, Session, type SessionOptions } from "./session.ts";
export type { GenerationEvent, GenerationOptions, GenerationRequest } from "./options/types.ts";
