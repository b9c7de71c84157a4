/**
 * Generation: a session takes prompts and gives tokens.
 * @module
 */
export { type BenchOptions, type BenchReport } from "./bench.ts";
export type { KernelProfile } from "./profile.ts";
export type { TuningRow } from "./tune.ts";
export { defaultsFor } from "./options/defaults.ts";
export { type DeviceDescription, listDevices } from "./devices.ts";
export { defaultDevice, type MemoryPlan, memoryPlan, parametersOf } from "./memory.ts";
export { type Score } from "./score.ts";
export { Session, type SessionOptions } from "./session.ts";
export type { GenerationEvent, GenerationOptions, GenerationRequest } from "./options/types.ts";
