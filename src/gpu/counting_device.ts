/**
 * A substitute for a device when only sizes matter: allocates nothing, runs nothing and never fails.
 * @param limits of the simulated device; no buffer is too large regardless
 */
export function countingDevice(limits?: GPUSupportedLimits): GPUDevice {
  const nothing = () => {};
  const made = (descriptor: object) => ({
    ...descriptor,
    createView: nothing,
    unmap: nothing,
    destroy: nothing,
  });
  const device = {
    limits: {
      maxBufferSize: 2 ** 50,
      maxStorageBufferBindingSize: 2 ** 50,
      maxUniformBufferBindingSize: limits?.maxUniformBufferBindingSize ?? 65536,
      maxTextureDimension2D: limits?.maxTextureDimension2D ?? 16384,
      maxTextureArrayLayers: limits?.maxTextureArrayLayers ?? 2048,
      maxStorageBuffersPerShaderStage: limits?.maxStorageBuffersPerShaderStage ?? 16,
    },
    queue: {
      writeBuffer: nothing,
      writeTexture: nothing,
      submit: nothing,
      onSubmittedWorkDone: () => Promise.resolve(),
    },
    addEventListener: nothing,
    lost: new Promise(nothing),
    destroy: nothing,
    pushErrorScope: nothing,
    popErrorScope: () => Promise.resolve(null),
    createBuffer: made,
    createTexture: (
      { label, size: [width, height, depthOrArrayLayers] }: { label: string; size: number[] },
    ) => made({ label, width, height, depthOrArrayLayers }),
    createShaderModule: made,
    createComputePipeline: ({ label }: { label: string }) => ({ label, getBindGroupLayout: nothing }),
    createBindGroup: made,
    createCommandEncoder: () => ({
      beginComputePass: () => ({
        setPipeline: nothing,
        setBindGroup: nothing,
        dispatchWorkgroups: nothing,
        end: nothing,
      }),
      copyBufferToBuffer: nothing,
      copyTextureToBuffer: nothing,
      finish: nothing,
    }),
  };
  return device as unknown as GPUDevice;
}
