// A norm's weights in a uniform buffer: a software driver reads those without a loop over the lanes.
// gives: norm
const NORM_UNITS = 16u;

@group(0) @binding(4) var<uniform> norm: array<vec4f, NORM_UNITS>; // [columns padded to 8], f32
