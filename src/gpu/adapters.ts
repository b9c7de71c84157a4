import { EnvironmentError } from "../base/errors.ts";
import { chooseCard, keep } from "./cards.ts";

/** How to get an adapter on each system. */
const ADVICE: Readonly<Record<string, string>> = {
  linux: "install a Vulkan driver (Debian: mesa-vulkan-drivers libvulkan1)",
  windows: "install the graphics card's own driver, which brings Vulkan",
  darwin: "Metal is needed, which a virtual machine may lack",
};

/** @throws EnvironmentError */
export function noAdapter(): never {
  if (!navigator.gpu) throw new EnvironmentError("no GPU: this runtime has no WebGPU");
  throw new EnvironmentError(`no GPU: WebGPU found no adapter; ${ADVICE[Deno.build.os] ?? ADVICE.linux}`);
}

/** The adapter that WebGPU returns by default. @throws EnvironmentError if there is none */
export async function defaultAdapter(): Promise<GPUAdapter> {
  for (const powerPreference of ["high-performance", "low-power"] as const) {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference });
    if (adapter) return adapter;
  }
  return await navigator.gpu?.requestAdapter({ forceFallbackAdapter: true }) ?? noAdapter();
}

/**
 * The adapter of a card, by its number or address; default: the first.
 * @throws EnvironmentError if there is none, or it is not the one that was chosen
 */
export async function adapterOf(device: number | string = 0): Promise<GPUAdapter> {
  if (device === 0) {
    keep("0");
    return await defaultAdapter();
  }
  const { wish, key } = await chooseCard(device);
  const adapter = await navigator.gpu.requestAdapter(wish);
  if (!adapter || keyOf(adapter.info) !== key) {
    throw new EnvironmentError(`GPU ${device}: the driver returned another card`);
  }
  return adapter;
}

function keyOf({ vendor, device, description, architecture }: GPUAdapterInfo): string {
  return JSON.stringify([vendor, device, description, architecture]);
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
