// Results are stored in their buffer only.
// gives: mirror
fn mirror(token: u32, unit: u32, value: vec4f) {}
