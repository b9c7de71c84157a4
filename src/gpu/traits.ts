/** What the kernels may rely on, decided once per device. */
export interface GpuTraits {
  /** Threads a subgroup, where every subgroup has that size; 0 where subgroups are missing or vary. */
  readonly subgroupSize: number;
  readonly timestamps: boolean;
  /** A software driver: lanes are SIMD lanes of a CPU, so that broadcast loads are cheap and barriers dear. */
  readonly software: boolean;
}

/**
 * What an adapter's device can do. Where its subgroups may have several sizes (Intel's have 8 to 32 threads, AMD's 32 or
 * 64, and Metal says 4 to 64 of all), the driver chooses one for each kernel and tells nobody: teams of threads are then
 * summed through workgroup memory, which is right for any.
 * @param features of the device
 */
export function traitsOf(info: GPUAdapterInfo, features: Pick<GPUSupportedFeatures, "has">): GpuTraits {
  const { subgroupMinSize: min, subgroupMaxSize: max } = info;
  // Deno 2.6's types do not know the feature.
  const uniform = features.has("subgroups" as GPUFeatureName) && min === max && min >= 4;
  return {
    subgroupSize: uniform ? min : 0,
    timestamps: features.has("timestamp-query"),
    software: isSoftware(info),
  };
}

/** Whether the adapter is a CPU in disguise (lavapipe, SwiftShader, WARP). */
export function isSoftware(info: GPUAdapterInfo): boolean {
  // Deno 2.6 knows no such field of its adapters, and says false of llvmpipe.
  if ((info as { isFallbackAdapter?: boolean }).isFallbackAdapter) return true;
  return /llvmpipe|lavapipe|swiftshader|software|basic render|warp/i.test(
    `${info.description} ${info.device}`,
  );
}
