/**
 * Preloaded by scripts/dawn.sh: WebGPU of this process is Dawn, Chrome's implementation, from the npm package in the
 * folder DAWN.
 */
const { create, globals } = await import(`${Deno.env.get("DAWN")}/node_modules/webgpu/index.js`);

/** Deno's naga refuses a directive that the language requires, and Dawn with it. */
function withSubgroups(code: string): string {
  return /\bsubgroup[A-Z]/.test(code) ? `enable subgroups;\n${code}` : code;
}

Object.assign(globalThis, globals);
const { createShaderModule } = globals.GPUDevice.prototype;
globals.GPUDevice.prototype.createShaderModule = function (descriptor: GPUShaderModuleDescriptor) {
  return createShaderModule.call(this, { ...descriptor, code: withSubgroups(descriptor.code) });
};
Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
