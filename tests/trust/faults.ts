/** A function of the system that a run calls: the object that holds it, and its name. */
export type Point = readonly [holder: object, name: string];

/** What happens instead of the call; `real` makes it after all, with its own arguments unless others are given. */
export type Fault = (real: (...others: unknown[]) => unknown, self: unknown) => unknown;

/**
 * Lets the k-th call of the points fail while `work` runs, and puts everything back. With `onwards` all that follow
 * fail too.
 * @returns what `work` gave, and how many calls there were: fewer than k, and nothing failed
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
 * Calls `attempt` with k = 1, 1 + stride, … until a run makes fewer than k calls; gives that number. The stride is 1
 * where $LLAMA_TEST_LONG is set: `deno task test:long` tries every call.
 */
export async function sweep(attempt: (k: number) => Promise<{ calls: number }>, stride = 1): Promise<number> {
  const step = Deno.env.get("LLAMA_TEST_LONG") ? 1 : stride;
  for (let k = 1;; k += step) {
    const { calls } = await attempt(k);
    if (calls < k) return calls;
  }
}

/** Every way in which the program reaches files. */
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

/** The disk refuses. */
export const diskFault: Fault = () => Promise.reject(new Error("Input/output error (os error 5)"));

/** Every way in which the program takes memory of the device. */
export const ALLOCATIONS: readonly Point[] = [
  [GPUDevice.prototype, "createBuffer"],
  [GPUDevice.prototype, "createTexture"],
];

/** Every way in which the program waits for the device, makes something on it, or gives it work. */
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

/** The device has no room: what it makes cannot be used, which only the error scope says. */
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

/** The device that was opened last goes away just before the call. */
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
