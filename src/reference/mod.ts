/**
 * Plain float64 twins of every kernel and of the whole forward: slow, short, and what the GPU is tested against.
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
