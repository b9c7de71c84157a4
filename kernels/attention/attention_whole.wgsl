// Attention of a prompt over all keys in one dispatch, see attention_parts.
// gives: keep_part, part_of, resume_part
fn part_of(_workgroup: u32, _thread: u32, end: u32) -> vec2u {
  return vec2u(0u, end);
}

fn resume_part(_workgroup: u32, _thread: u32, _top: ptr<function, vec4f>, _sum: ptr<function, vec4f>, _owned: ptr<function, array<vec4f, 4>>) {}

fn keep_part(_workgroup: u32, _thread: u32, _top: vec4f, _sum: vec4f, _owned: array<vec4f, 4>) {}
