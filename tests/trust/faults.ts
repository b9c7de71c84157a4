/** A system function that a run calls: the object that holds it, and its name. */
export type Point = readonly [holder: object, name: string];

/** Replaces the call; `real` performs it after all, with its own arguments unless others are given. */
export type Fault = (real: (...others: unknown[]) => unknown, self: unknown) => unknown;

/**
 * Makes the k-th call of the points fail while `work` runs, and restores everything. With `onwards` all later
 * calls fail too.
 * @returns the result of `work`, and the number of calls: if it is less than k, nothing failed
 */
export async function withFault<T>(
  points: readonly Point[],
  k: number,
  fault: Fault,
  work: () => Promise<T>,
  { onwards = false } = {},
): Promise<{ result: T; calls: number }> {
  let calls = 0;
  const restore = points.map(([holder, name]) => {
    const before = Object.getOwnPropertyDescriptor(holder, name)!;
    const real = before.value as (...args: unknown[]) => unknown;
    Object.defineProperty(holder, name, {
      ...before,
      value(this: unknown, ...args: unknown[]) {
        const call = (...others: unknown[]) => real.apply(this, others.length > 0 ? others : args);
        calls++;
        return calls === k || onwards && calls > k ? fault(call, this) : call();
      },
    });
    return () => Object.defineProperty(holder, name, before);
  });
  try {
    return { result: await work(), calls };
  } finally {
    for (const one of restore) one();
  }
}

/**
 * Calls `attempt` with k = 1, 1 + stride, … until a run makes fewer than k calls; returns the number of
 * calls. The stride is 1 if $LLAMA_TEST_LONG is set: `deno task test:long` tries every call.
 */
export async function sweep(attempt: (k: number) => Promise<{ calls: number }>, stride = 1): Promise<number> {
  const step = Deno.env.get("LLAMA_TEST_LONG") ? 1 : stride;
  for (let k = 1;; k += step) {
    const { calls } = await attempt(k);
    if (calls < k) return calls;
  }
}

/** All functions through which the program accesses files. */
export const FILE_POINTS: readonly Point[] = [
  ...[
    "open",
    "stat",
    "lstat",
    "readFile",
    "readTextFile",
    "mkdir",
    "rename",
    "remove",
    "symlink",
    "link",
    "truncate",
    "realPath",
    "readLink",
  ]
    .map((name): Point => [Deno, name]),
  ...["read", "write", "seek", "sync", "truncate"].map((name): Point => [Deno.FsFile.prototype, name]),
];

/** The disk reports an error. */
export const diskFault: Fault = () => Promise.reject(new Error("Input/output error (os error 5)"));

/** All functions through which the program allocates device memory. */
export const ALLOCATIONS: readonly Point[] = [
  [GPUDevice.prototype, "createBuffer"],
  [GPUDevice.prototype, "createTexture"],
];

/** All functions through which the program waits for the device, creates objects on it, or submits work. */
export const GPU_CALLS: readonly Point[] = [
  ...ALLOCATIONS,
  ...["createShaderModule", "createComputePipeline", "createBindGroup", "createCommandEncoder"].map((
    name,
  ): Point => [
    GPUDevice.prototype,
    name,
  ]),
  ...["submit", "writeBuffer", "writeTexture"].map((name): Point => [GPUQueue.prototype, name]),
  [GPUBuffer.prototype, "mapAsync"],
];

/** The device is out of memory: the created object is unusable, which only the error scope reports. */
export const noRoom: Fault = (real, self) => {
  const device = self as GPUDevice;
  const made = real() as GPUBuffer | GPUTexture;
  made.destroy();
  let scopes = 0;
  Object.defineProperty(device, "popErrorScope", {
    configurable: true,
    value: () => {
      const result = GPUDevice.prototype.popErrorScope.call(device);
      // The inner scope is for other errors.
      if (++scopes < 2) return result;
      delete (device as Partial<GPUDevice>).popErrorScope;
      return Promise.resolve(new GPUOutOfMemoryError("no room"));
    },
  });
  return made;
};

/** A driver that does not compile the shader. */
export const badShader: Fault = (real) =>
  real({ code: "@compute @workgroup_size(1)\nfn main() { let x: u32 = 1.5; }" });

/** The most recently opened device is lost just before the call. */
export function loseDevice(): { fault: Fault } & Disposable {
  const real = GPUAdapter.prototype.requestDevice;
  let last: GPUDevice | undefined;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    return last = await real.apply(this, args);
  };
  return {
    fault: (call) => {
      last?.destroy();
      return call();
    },
    [Symbol.dispose]: () => {
      GPUAdapter.prototype.requestDevice = real;
    },
  };
}
