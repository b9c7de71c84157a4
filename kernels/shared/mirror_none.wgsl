// Results are kept in their buffer alone.
// gives: mirror
fn mirror(token: u32, unit: u32, value: vec4f) {}
