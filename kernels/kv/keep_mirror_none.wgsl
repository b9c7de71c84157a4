// The cache is stored in buffers only.
// gives: keep_in_mirror, mirror_scale
// needs: Pairs
fn keep_in_mirror(_kind: u32, _strip: u32, _position: u32, _feature: u32, _x: Pairs) {}

fn mirror_scale(_kind: u32, _strip: u32, _position: u32, _unit: u32, _scale: f32) {}
