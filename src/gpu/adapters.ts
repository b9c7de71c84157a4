import { EnvironmentError } from "../base/errors.ts";

/** How to get an adapter on each system. */
const ADVICE: Readonly<Record<string, string>> = {
  linux: "install a Vulkan driver (Debian: mesa-vulkan-drivers libvulkan1)",
  windows: "install the graphics card's own driver, which brings Vulkan",
  darwin: "Metal is needed, which a virtual machine may lack",
};

/**
 * The adapters that WebGPU returns for its power preferences, without duplicates; the default one first.
 * @throws EnvironmentError if there is none
 */
export async function adapters(): Promise<GPUAdapter[]> {
  if (!navigator.gpu) throw new EnvironmentError("no GPU: this runtime has no WebGPU");
  const found: GPUAdapter[] = [];
  const seen = new Set<string>();
  const wishes: GPURequestAdapterOptions[] = [
    { powerPreference: "high-performance" },
    { powerPreference: "low-power" },
    { forceFallbackAdapter: true },
  ];
  for (const wish of wishes) {
    const adapter = await navigator.gpu.requestAdapter(wish);
    if (!adapter) continue;
    const { vendor, device, description, architecture } = adapter.info;
    const key = JSON.stringify([vendor, device, description, architecture]);
    if (!seen.has(key)) found.push(adapter);
    seen.add(key);
  }
  if (found.length === 0) {
    throw new EnvironmentError(`no GPU: WebGPU found no adapter; ${ADVICE[Deno.build.os] ?? ADVICE.linux}`);
  }
  return found;
}

/** The limits to request from a device: the adapter's maximum where kernels benefit. */
export function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  const wanted = [
    "maxBufferSize",
    "maxStorageBufferBindingSize",
    "maxComputeWorkgroupStorageSize",
    "maxComputeInvocationsPerWorkgroup",
    "maxComputeWorkgroupSizeX",
    "maxStorageBuffersPerShaderStage",
    "maxTextureDimension2D",
    "maxTextureArrayLayers",
  ] as const;
  return Object.fromEntries(wanted.map((name) => [name, limits[name]]));
}

/** Free memory of the machine; unknown without permission to read it. */
export function freeMemory(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  return state === "granted" ? Deno.systemMemoryInfo().available : Infinity;
}
