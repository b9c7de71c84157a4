// The cache is stored in buffers only.
// gives: keep_in_cache
fn keep_in_cache(_kind: u32, _strip: u32, _position: u32, _unit: u32, _value: vec4f) {}
