/** Textures of kernels, read back through a kernel. */
import type { KernelTest } from "./ops.ts";

const COPY_LAYERS = `
@group(0) @binding(0) var mirrored: texture_storage_2d_array<rgba32float, read>;
@group(0) @binding(1) var<storage, read_write> copy: array<vec4f>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  copy[(id.z * groups.y + id.y) * groups.x + id.x] = textureLoad(mirrored, id.xy, id.z);
}`;

/** Appends the copy of a texture of float32 vec4s; returns the buffer, [layers, height, width] vec4s. */
export function copyMirror(test: KernelTest, mirror: GPUTexture): GPUBuffer {
  const { width, height, depthOrArrayLayers: layers } = mirror;
  const copy = test.output(width * height * layers * 4);
  test.plan.add("copy", COPY_LAYERS, { 0: mirror, 1: copy }, () => [width, height, layers]);
  return copy;
}
