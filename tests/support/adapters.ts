/**
 * Adapters with the WebGPU properties of real machines, and a counting device that rejects what the real one
 * would: tests of requests to GPUs that this machine lacks.
 */
import { source } from "../../src/gpu/cards.ts";
import { describeAdapters } from "../../src/gpu/describe_adapters.ts";
import { countingDevice } from "../../src/gpu/counting_device.ts";

/** The reported properties of an adapter. */
export interface FakeAdapter {
  readonly description: string;
  /** Minimum and maximum subgroup size in threads. */
  readonly subgroups: readonly [min: number, max: number];
  /** Features of its devices; Deno does not list subgroups but always enables them. */
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** Minimum limits of every WebGPU device. */
const LEAST = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxUniformBufferBindingSize: 2 ** 16,
  maxComputeWorkgroupStorageSize: 2 ** 14,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageTexturesPerShaderStage: 4,
  maxTextureDimension2D: 8192,
  maxTextureArrayLayers: 256,
};

const LARGE = {
  ...LEAST,
  maxBufferSize: 2 ** 31 - 1,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxComputeWorkgroupStorageSize: 2 ** 15,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxStorageBuffersPerShaderStage: 64,
  maxStorageTexturesPerShaderStage: 64,
  maxTextureDimension2D: 16384,
  maxTextureArrayLayers: 2048,
};

const ALL = ["shader-f16", "timestamp-query", "subgroups"];

/** By the name that users know. */
export const FAKE_ADAPTERS: Readonly<Record<string, FakeAdapter>> = {
  nvidia: {
    description: "NVIDIA GeForce RTX 3060",
    subgroups: [32, 32],
    features: ALL,
    limits: { ...LARGE, maxBufferSize: 2 ** 52, maxStorageBuffersPerShaderStage: 1 << 19 },
  },
  "amd rdna": {
    description: "AMD Radeon RX 6700 XT (RADV NAVI22)",
    subgroups: [32, 64],
    features: ALL,
    limits: { ...LARGE, maxComputeWorkgroupStorageSize: 2 ** 16 },
  },
  "amd gcn": {
    description: "AMD Radeon RX 580 Series (RADV POLARIS10)",
    subgroups: [64, 64],
    features: ["timestamp-query", "subgroups"],
    limits: LARGE,
  },
  intel: {
    description: "Intel(R) UHD Graphics 620 (KBL GT2)",
    subgroups: [8, 32],
    features: ALL,
    limits: { ...LARGE, maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 30 },
  },
  apple: {
    description: "Apple M1",
    subgroups: [4, 64],
    features: ALL,
    limits: {
      ...LARGE,
      maxBufferSize: 9_534_832_640,
      maxStorageBufferBindingSize: 2 ** 32 - 4,
      maxStorageBuffersPerShaderStage: 31,
    },
  },
  adreno: {
    description: "Adreno (TM) 740",
    subgroups: [64, 128],
    features: ["shader-f16", "subgroups"],
    limits: { ...LARGE, maxStorageBufferBindingSize: 2 ** 27, maxStorageBuffersPerShaderStage: 24 },
  },
  mali: {
    description: "Mali-G710",
    subgroups: [16, 16],
    features: ALL,
    limits: {
      ...LARGE,
      maxComputeInvocationsPerWorkgroup: 512,
      maxComputeWorkgroupSizeX: 512,
      maxStorageBuffersPerShaderStage: 16,
    },
  },
  "d3d12 without dxc": {
    description: "Intel(R) HD Graphics 520",
    subgroups: [8, 32],
    features: ["timestamp-query"],
    limits: { ...LARGE, maxStorageBuffersPerShaderStage: 16 },
  },
  warp: {
    description: "Microsoft Basic Render Driver",
    subgroups: [4, 4],
    features: ["timestamp-query"],
    limits: { ...LARGE, maxStorageBuffersPerShaderStage: 32 },
  },
  swiftshader: {
    description: "SwiftShader Device (Subzero)",
    subgroups: [4, 4],
    features: ["timestamp-query", "subgroups"],
    limits: { ...LARGE, maxStorageBufferBindingSize: 2 ** 30 },
  },
  "the least there may be": { description: "", subgroups: [0, 0], features: [], limits: LEAST },
};

/** Runs a function on a machine with only this adapter, or none. */
export async function withAdapter<T>(adapter: FakeAdapter | undefined, run: () => Promise<T>): Promise<T> {
  const original = Object.getOwnPropertyDescriptor(navigator, "gpu");
  const requestAdapter = () => Promise.resolve(adapter ? fakeAdapter(adapter) : null);
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter }, configurable: true });
  // A worker would ask the real one.
  const { describe } = source;
  source.describe = describeAdapters;
  try {
    return await run();
  } finally {
    source.describe = describe;
    if (original) Object.defineProperty(navigator, "gpu", original);
    else Reflect.deleteProperty(navigator, "gpu");
  }
}

/** Result of `requestAdapter`; its devices have only the requested features and limits. */
function fakeAdapter({ description, subgroups, features, limits }: FakeAdapter) {
  const [subgroupMinSize, subgroupMaxSize] = subgroups;
  return {
    info: { vendor: "", architecture: "", device: "", description, subgroupMinSize, subgroupMaxSize },
    features: new Set(features.filter((name) => name !== "subgroups")),
    // Real limits are read through their prototype.
    limits: Object.create({ ...limits }) as Record<string, number>,
    requestDevice({ requiredFeatures = [], requiredLimits = {} }: GPUDeviceDescriptor) {
      const refused = requiredFeatures.filter((name) => !features.includes(name));
      if (refused.length > 0) return Promise.reject(new TypeError(`features ${refused}`));
      const given: Record<string, number> = { ...LEAST };
      for (const [name, value] of Object.entries(requiredLimits)) {
        if (!(value! <= limits[name])) return Promise.reject(new TypeError(`limit ${name} ${value}`));
        given[name] = value!;
      }
      return Promise.resolve(strictDevice(given, requiredFeatures));
    },
  };
}

/** Allocates and runs nothing; throws if a device with these limits would report an error. */
function strictDevice(limits: Readonly<Record<string, number>>, features: readonly string[]): GPUDevice {
  const device = countingDevice();
  const most = (what: string, name: string, value: number) => {
    if (value > limits[name]) throw new RangeError(`${what}: ${value}, ${name} is ${limits[name]}`);
  };
  const { createBuffer, createTexture, createBindGroup } = device;
  return Object.assign(device, {
    limits,
    features: new Set(features),
    createBuffer(descriptor: GPUBufferDescriptor) {
      most(`buffer ${descriptor.label}`, "maxBufferSize", descriptor.size);
      return createBuffer.call(device, descriptor);
    },
    createTexture(descriptor: GPUTextureDescriptor) {
      const [width, height = 1, layers = 1] = descriptor.size as number[];
      most(`texture ${descriptor.label}`, "maxTextureDimension2D", Math.max(width, height));
      most(`texture ${descriptor.label}`, "maxTextureArrayLayers", layers);
      return createTexture.call(device, descriptor);
    },
    createShaderModule({ label, code }: GPUShaderModuleDescriptor) {
      const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
      most(`buffers of ${label}`, "maxStorageBuffersPerShaderStage", count(/var<storage/g));
      most(`textures of ${label}`, "maxStorageTexturesPerShaderStage", count(/: texture_storage/g));
      const threads = numberIn(code, /@workgroup_size\((\w+)\)/);
      most(`threads of ${label}`, "maxComputeInvocationsPerWorkgroup", threads);
      if (/\bsubgroup[A-Z]/.test(code) && !features.includes("subgroups")) {
        throw new RangeError(`${label}: no subgroups here`);
      }
      return {};
    },
    createBindGroup(descriptor: GPUBindGroupDescriptor) {
      for (const { resource } of descriptor.entries) {
        const { buffer } = (resource ?? {}) as { buffer?: GPUBuffer };
        if (buffer) most(`binding ${buffer.label}`, "maxStorageBufferBindingSize", buffer.size);
      }
      return createBindGroup.call(device, descriptor);
    },
    createCommandEncoder() {
      const encoder = countingDevice().createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.dispatchWorkgroups = (x, y = 1, z = 1) => {
        most("workgroups", "maxComputeWorkgroupsPerDimension", Math.max(x, y, z));
        return undefined;
      };
      encoder.beginComputePass = () => pass;
      return encoder;
    },
  });
}

/** A number in a kernel: a literal, or the name of a constant. */
function numberIn(code: string, pattern: RegExp): number {
  const [, word] = pattern.exec(code)!;
  return /^\d/.test(word) ? parseInt(word) : numberIn(code, new RegExp(`^const ${word} = (\\d+)u;`, "m"));
}
