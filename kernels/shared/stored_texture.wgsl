// A matrix in a texture array, one texel of 16 bytes per load. Software drivers load from buffers lane by lane and
// word by word, but fetch a texel's 16 bytes at once: on Mesa 22.3's lavapipe this is several times faster. Uses
// storage textures, because sampled textures have levels, whose widths are looked up for each lane (storage: half as
// many instructions).
// gives: stored
const LAYER_LINES = 512u; // rows of the matrix in one layer

@group(0) @binding(0) var weights: texture_storage_2d_array<rgba32uint, read>; // [layers, LAYER_LINES, units of a row]

fn stored(row: u32, unit: u32) -> vec4u {
  return textureLoad(weights, vec2u(unit, row % LAYER_LINES), row / LAYER_LINES);
}
