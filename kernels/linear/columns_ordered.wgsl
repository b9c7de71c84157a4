// Inputs of a matrix whose columns have their own order (GPTQ's activation order). Four loads instead of one: such
// matrices are slow.
// gives: column_gain, column_input
// needs: input, norm_weight
@group(0) @binding(10) var<storage, read> column_order: array<vec4u>; // [columns / 4], the input's column at each place

fn column_input(token: u32, vec: u32) -> vec4f {
  let at = column_order[vec];
  return vec4f(
    input(token, at.x / 4u)[at.x % 4u],
    input(token, at.y / 4u)[at.y % 4u],
    input(token, at.z / 4u)[at.z % 4u],
    input(token, at.w / 4u)[at.w % 4u],
  );
}

fn column_gain(vec: u32) -> vec4f {
  let at = column_order[vec];
  return vec4f(
    norm_weight(at.x / 4u)[at.x % 4u],
    norm_weight(at.y / 4u)[at.y % 4u],
    norm_weight(at.z / 4u)[at.z % 4u],
    norm_weight(at.w / 4u)[at.w % 4u],
  );
}
