// Inputs of a matrix whose columns stand in the input's order. Linked after input_* and norm_*.
fn column_input(token: u32, vec: u32) -> vec4f {
  return input(token, vec);
}

fn column_gain(vec: u32) -> vec4f {
  return norm_weight(vec);
}
