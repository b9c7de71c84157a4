// Inputs of a matrix whose columns are in the input's order.
// gives: column_gain, column_input
// needs: input, norm_weight
fn column_input(token: u32, vec: u32) -> vec4f {
  return input(token, vec);
}

fn column_gain(vec: u32) -> vec4f {
  return norm_weight(vec);
}
