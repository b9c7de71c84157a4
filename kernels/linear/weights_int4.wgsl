// 4-bit weights, 32 codes q of 0 to 15 per 16-byte unit: column 4 k + n of a unit is stored in word n, bits 4 k to 4
// k + 3. A row's groups follow its codes, one word each: scale in the low half, zero in the high half.
//
// Codes are multiplied with their inputs undecoded; the scale of a group is applied once to their sum, and its zero
// through the sum of the inputs.
// gives: CODE_UNITS, GROUP_UNITS, Inputs, add_group, add_products, load_units, place, sum4, unit_input
// needs: COLS, ROWS, ROW_COUNT, Squares, Sums, add_dot, column_input, group_scale, group_zero, stored
const CODE_UNITS = 8u;      // units of codes per row
const GROUP_UNITS = 4u;     // units of codes that share a scale
const X_VECS = 64u;         // vec4s per token

// ROWS units of codes, inputs for four of each, and the resulting products.
alias Units = array<vec4u, ROWS>;
alias Inputs = array<vec4f, COLS>;

// Codes of columns 4 k to 4 k + 3, times 16^k unless k is 7.
fn codes(words: vec4u, k: u32) -> vec4f {
  if (k == 7u) { return vec4f(vec4i(words >> vec4u(28u))); }
  return vec4f(vec4i(words & vec4u(0xfu << (4u * k))));
}

// The inverse factor for their input.
fn place(k: u32) -> f32 {
  return select(bitcast<f32>((127u - 4u * k) << 23u), 1.0, k == 7u);
}

// The input of a unit's columns, zero past the end of a partial last unit.
fn unit_input(token: u32, vec: u32) -> vec4f {
  if (X_VECS % 8u != 0u && vec >= X_VECS) { return vec4f(); }
  return column_input(token, vec);
}

fn load_units(row: u32, unit: u32) -> Units {
  var units: Units;
  for (var r = 0u; r < ROWS; r++) { // unroll
    units[r] = stored(min(row + r, ROW_COUNT - 1u), unit);
  }
  return units;
}

fn add_products(units: ptr<function, Units>, k: u32, xs: ptr<function, Inputs>, parts: ptr<function, Sums>) {
  for (var r = 0u; r < ROWS; r++) { // unroll
    let q = codes((*units)[r], k);
    for (var c = 0u; c < COLS; c++) { // unroll
      (*parts)[r * COLS + c] = add_dot((*parts)[r * COLS + c], q, (*xs)[c]);
    }
  }
}

// Adds w x of a group, whose inputs have the sums `totals`; `terms` holds it and three adjacent groups.
fn add_group(terms: Units, group: u32, parts: Sums, totals: Squares, sums: ptr<function, Sums>) {
  for (var r = 0u; r < ROWS; r++) { // unroll
    let word = terms[r][group % 4u];
    let scale = group_scale(word);
    let zero = group_zero(word, scale);
    for (var c = 0u; c < COLS; c++) { // unroll
      (*sums)[r * COLS + c] += fma(scale, parts[r * COLS + c], zero * totals[c]);
    }
  }
}

fn sum4(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}
