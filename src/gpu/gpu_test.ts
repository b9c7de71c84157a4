import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EnvironmentError } from "../base/errors.ts";
import { defaultAdapter } from "./adapters.ts";
import { Gpu } from "./gpu.ts";
import { readBytes } from "./readback.ts";
import { isSoftware } from "./traits.ts";

async function withGpu(run: (gpu: Gpu) => void | Promise<void>): Promise<void> {
  using gpu = await Gpu.open();
  await run(gpu);
}

Deno.test("Gpu.open: the limits of the adapter, subgroups only if they have one size", async () => {
  const adapter = await defaultAdapter();
  await withGpu(({ device, traits }) => {
    assertEquals(device.limits.maxBufferSize, adapter.limits.maxBufferSize);
    assertEquals(device.limits.maxStorageBufferBindingSize, adapter.limits.maxStorageBufferBindingSize);
    assertEquals(traits.software, isSoftware(adapter.info));
    const { subgroupMinSize, subgroupMaxSize } = adapter.info;
    assert(
      traits.subgroupSize === 0 ||
        traits.subgroupSize === subgroupMinSize && subgroupMinSize === subgroupMaxSize,
    );
  });
});

Deno.test("Gpu.open: a missing adapter", async () => {
  await assertRejects(() => Gpu.open(99), EnvironmentError, "no GPU 99: WebGPU found");
});

Deno.test("Gpu: a broken shader is an EnvironmentError that names the kernel, in one line", () =>
  withGpu(async (gpu) => {
    gpu.pipeline("layers.3.mlp", "@compute @workgroup_size(1)\nfn main() { let x: u32 = 1.5; }");
    const error = await assertRejects(() => gpu.check(), EnvironmentError, "GPU kernel layers.3.mlp: ");
    assert(!error.message.includes("\n"));
    // The failure is permanent: later results cannot be trusted.
    assertThrows(() => gpu.throwIfFailed(), EnvironmentError, "layers.3.mlp");
  }));

Deno.test("Gpu: an uncaptured error surfaces at the next check", () =>
  withGpu(async (gpu) => {
    const module = gpu.device.createShaderModule({ code: "nonsense" });
    gpu.device.createComputePipeline({ layout: "auto", compute: { module } });
    await new Promise((resolve) => setTimeout(resolve, 0));
    await assertRejects(() => gpu.check(), EnvironmentError, "GPU error: ");
  }));

Deno.test("Gpu: too large buffers are rejected with both figures", () =>
  withGpu((gpu) => {
    const { maxBufferSize } = gpu.device.limits;
    const most = gpu.maxBindingBytes;
    assertThrows(
      () => gpu.buffer("weights", maxBufferSize + 1, GPUBufferUsage.STORAGE),
      EnvironmentError,
      `GPU buffer weights: ${
        Math.ceil((maxBufferSize + 1) / 16) * 16
      } bytes, this device allows ${maxBufferSize}`,
    );
    assertThrows(
      () => gpu.storage("cache", most + 1),
      EnvironmentError,
      `GPU buffer cache: ${most + 1} bytes, this device binds at most ${most}`,
    );
    assertEquals(gpu.allocatedBytes, 0);
  }));

Deno.test("Gpu: allocations beyond the memory are rejected in advance, with the figures", () =>
  withGpu(async (gpu) => {
    if (!gpu.traits.software) return;
    const { available, total } = Deno.systemMemoryInfo();
    assert(gpu.memoryBytes > available / 2 && gpu.memoryBytes <= total);
    const buffer = gpu.storage("cache", 64);
    assertThrows(
      () => gpu.requireRoom("the model in x", 2 ** 50),
      EnvironmentError,
      `the model in x needs ${2 ** 50} bytes beside the 64 in use, this device has ${gpu.memoryBytes}`,
    );
    gpu.free(buffer);
    Object.defineProperty(gpu, "memoryBytes", { value: 100 });
    assertThrows(() => gpu.texture("table", 2, 4, 1), EnvironmentError, "table needs 128 bytes");
    assertEquals(gpu.allocatedBytes, 0);
    await gpu.check();
  }));

Deno.test("Gpu: a device destroyed by others is reported as lost", () =>
  withGpu(async (gpu) => {
    gpu.device.destroy();
    gpu.storage("a", 16);
    await assertRejects(() => gpu.drain(), EnvironmentError, "GPU device was lost");
  }));

Deno.test("Gpu: rejected work fails the next readback", () =>
  withGpu(async (gpu) => {
    const [source, target] = [gpu.storage("source", 16), gpu.storage("target", 16)];
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, target, 0, 16);
    target.destroy();
    gpu.submit(encoder.finish());
    await assertRejects(() => readBytes(gpu, source, 16), EnvironmentError, "GPU error: ");
  }));

Deno.test("Gpu: bytes of live buffers and textures are counted", () =>
  withGpu(async (gpu) => {
    const buffer = gpu.storage("a", 33);
    assertEquals([buffer.size, gpu.allocatedBytes], [48, 48]);
    const texture = gpu.texture("b", 2, 3, 1);
    assertEquals(gpu.allocatedBytes, 48 + 96);
    gpu.free(buffer);
    gpu.free(texture);
    assertEquals(gpu.allocatedBytes, 0);
    await gpu.check();
  }));

Deno.test("Gpu.write: ranges that would abort the process are rejected", () =>
  withGpu(async (gpu) => {
    const buffer = gpu.storage("state", 16);
    gpu.write(buffer, 0, new Uint8Array(0));
    gpu.write(buffer, 12, new Uint8Array(4));
    assertThrows(() => gpu.write(buffer, 12, new Uint8Array(8)), RangeError, "8 bytes at 12 into state (16)");
    assertThrows(() => gpu.write(buffer, 2, new Uint8Array(4)), RangeError);
    assertThrows(() => gpu.write(buffer, 0, new Uint8Array(3)), RangeError);
    const texture = gpu.texture("table", 2, 3, 1);
    assertThrows(
      () => gpu.writeTexture(texture, 0, 0, 1, new Uint8Array(16)),
      RangeError,
      "16 bytes at row 0 into table",
    );
    assertThrows(() => gpu.writeTexture(texture, 0, 3, 1, new Uint8Array(32)), RangeError);
    await gpu.check();
  }));

Deno.test("Gpu.drain: repeated calls allocate nothing more", () =>
  withGpu(async (gpu) => {
    await gpu.drain();
    const bytes = gpu.allocatedBytes;
    await gpu.drain();
    assertEquals(gpu.allocatedBytes, bytes);
    await gpu.check();
  }));

Deno.test("Gpu.pipeline: the same code gives the same pipeline", () =>
  withGpu(async (gpu) => {
    const code = "@compute @workgroup_size(1)\nfn main() {}";
    assert(gpu.pipeline("a", code) === gpu.pipeline("b", code));
    assert(gpu.pipeline("a", code) !== gpu.pipeline("a", `${code}\n`));
    await gpu.check();
  }));
