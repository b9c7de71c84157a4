import { assertEquals } from "@std/assert";
import { FAKE_ADAPTERS, withAdapter } from "../../tests/support/adapters.ts";
import { Gpu } from "./gpu.ts";
import { isSoftware } from "./traits.ts";

Deno.test("Gpu.open: teams are subgroups only if a device has subgroups of one size", async () => {
  const found: Record<string, [number, boolean, boolean]> = {};
  for (const [name, adapter] of Object.entries(FAKE_ADAPTERS)) {
    const { traits } = await withAdapter(adapter, () => Gpu.open());
    found[name] = [traits.subgroupSize, traits.timestamps, traits.software];
  }
  assertEquals(found, {
    nvidia: [32, true, false],
    "amd rdna": [0, true, false],
    "amd gcn": [64, true, false],
    intel: [0, true, false],
    apple: [0, true, false],
    adreno: [0, false, false],
    mali: [16, true, false],
    "d3d12 without dxc": [0, true, false],
    warp: [0, true, true],
    swiftshader: [4, true, true],
    "the least there may be": [0, false, false],
  });
});

Deno.test("Gpu.open: the limits of the adapter, whatever they are", async () => {
  for (const [name, { limits }] of Object.entries(FAKE_ADAPTERS)) {
    const { device, maxBindingBytes } = await withAdapter(FAKE_ADAPTERS[name], () => Gpu.open());
    assertEquals(device.limits.maxBufferSize, limits.maxBufferSize, name);
    assertEquals(device.limits.maxStorageBuffersPerShaderStage, limits.maxStorageBuffersPerShaderStage, name);
    assertEquals(maxBindingBytes, limits.maxStorageBufferBindingSize, name);
  }
});

Deno.test("isSoftware: by name, or if the adapter reports it", () => {
  const info = (description: string, isFallbackAdapter?: boolean) =>
    ({ description, device: "", isFallbackAdapter }) as unknown as GPUAdapterInfo;
  for (
    const name of ["llvmpipe (LLVM 15.0.6, 256 bits)", "SwiftShader Device", "Microsoft Basic Render Driver"]
  ) {
    assertEquals(isSoftware(info(name)), true, name);
  }
  assertEquals(isSoftware(info("PoCL CPU", true)), true);
  for (
    const name of ["NVIDIA GeForce RTX 3060", "Intel(R) Arc(TM) A770 Graphics", "Apple M1", "Adreno (TM) 740"]
  ) {
    assertEquals(isSoftware(info(name, false)), false, name);
  }
});
