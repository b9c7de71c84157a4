// A norm's weights in a storage buffer.
// gives: norm
@group(0) @binding(4) var<storage, read> norm: array<vec4f>; // [columns padded to 8], f32
