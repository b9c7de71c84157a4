/**
 * Plain float64 references for every kernel and the whole forward: slow, short, and used to test the GPU.
 * @module
 */
export * from "./activation.ts";
export * from "./argmax.ts";
export * from "./attention.ts";
export * from "./embedding.ts";
export * from "./erf.ts";
export * from "./forward.ts";
export * from "./linear.ts";
export * from "./loss.ts";
export * from "./philox.ts";
export * from "./rms_norm.ts";
export * from "./rope.ts";
export * from "./sampler.ts";
export * from "./softmax.ts";
