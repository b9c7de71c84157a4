// Attention of a prompt over many keys in several dispatches, so that none keeps a device busy for long: each processes
// PART keys and leaves its sums for the next. What is kept is exact, so that results do not depend on PART. A workgroup
// counts its dispatches itself; after the last, its count is zero again.
// gives: keep_part, part_of, resume_part
// needs: batch
const PART_THREADS = 256u;
const PART = 64u; // keys per dispatch, a multiple of KEYS
const KEPT = 6u * PART_THREADS + 1u; // vec4s per workgroup

@group(0) @binding(6) var<storage, read_write> partial: array<vec4f>; // [workgroups, KEPT]: six of each thread; dispatches

var<workgroup> dispatches: u32;

// The first key of this dispatch and the one after its last.
fn part_of(workgroup: u32, thread: u32, end: u32) -> vec2u {
  if (thread == 0u) {
    let count = workgroup * KEPT + KEPT - 1u;
    dispatches = u32(partial[count].x);
    let next = dispatches + 1u;
    partial[count].x = f32(select(next, 0u, next * PART >= batch.key_count));
  }
  let begin = workgroupUniformLoad(&dispatches) * PART;
  return vec2u(min(begin, end), min(begin + PART, end));
}

fn resume_part(workgroup: u32, thread: u32, top: ptr<function, vec4f>, sum: ptr<function, vec4f>, owned: ptr<function, array<vec4f, 4>>) {
  let kept = workgroup * KEPT + thread;
  *top = partial[kept];
  *sum = partial[kept + PART_THREADS];
  for (var i = 0u; i < 4u; i++) { // unroll
    (*owned)[i] = partial[kept + (2u + i) * PART_THREADS];
  }
}

fn keep_part(workgroup: u32, thread: u32, top: vec4f, sum: vec4f, owned: array<vec4f, 4>) {
  let kept = workgroup * KEPT + thread;
  partial[kept] = top;
  partial[kept + PART_THREADS] = sum;
  for (var i = 0u; i < 4u; i++) { // unroll
    partial[kept + (2u + i) * PART_THREADS] = owned[i];
  }
}
