/** Device properties that kernels may rely on, determined once per device. */
export interface GpuTraits {
  /** Threads per subgroup, if every subgroup has that size; 0 if subgroups are missing or vary in size. */
  readonly subgroupSize: number;
  readonly timestamps: boolean;
  /**
   * A software driver: lanes are SIMD lanes of a CPU, so broadcast loads are cheap and barriers expensive.
   */
  readonly software: boolean;
}

/**
 * The traits of an adapter's device. If its subgroups can have several sizes (Intel: 8 to 32 threads, AMD: 32
 * or 64, Metal reports 4 to 64 for all), the driver chooses one per kernel without reporting it: teams of
 * threads are then summed through workgroup memory, which is correct for any size.
 * @param features of the device
 */
export function traitsOf(info: GPUAdapterInfo, features: Pick<GPUSupportedFeatures, "has">): GpuTraits {
  const { subgroupMinSize: min, subgroupMaxSize: max } = info;
  // Deno 2.6's types lack this feature.
  const uniform = features.has("subgroups" as GPUFeatureName) && min === max && min >= 4;
  return {
    subgroupSize: uniform ? min : 0,
    timestamps: features.has("timestamp-query"),
    software: isSoftware(info),
  };
}

/** True if the adapter is a software driver (lavapipe, SwiftShader, WARP). */
export function isSoftware(info: Pick<GPUAdapterInfo, "description" | "device">): boolean {
  // Deno 2.6 lacks this field on adapters, and reports false for llvmpipe.
  if ((info as { isFallbackAdapter?: boolean }).isFallbackAdapter) return true;
  return /llvmpipe|lavapipe|swiftshader|software|basic render|warp/i.test(
    `${info.description} ${info.device}`,
  );
}
