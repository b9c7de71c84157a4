// 4-bit weights, 32 codes q of 0 to 15 per 16-byte unit: column 4 k + n of a unit is stored in word n, bits 4 k to 4
// k + 3. A row's groups follow its codes, one word each: scale in the low half, zero in the high half.
//
// Codes are multiplied with their inputs undecoded; the scale of a group is applied once to their sum, and its zero
// through the sum of the inputs.
// gives: CODE_UNITS, GROUP_UNITS, Inputs, Units, Words, X_VECS, add_group, add_products, load_units, sum4, unit_input,
//   words_of
// needs: COLS, ROWS, ROW_COUNT, Squares, Sums, add_dot, codes, column_input, group_scale, group_zero, stored
const CODE_UNITS = 8u;      // units of codes per row
const GROUP_UNITS = 4u;     // units of codes that share a scale
const X_VECS = 64u;         // vec4s per token

// ROWS units of codes, their groups' words, and inputs for four codes of each.
alias Units = array<vec4u, ROWS>;
alias Words = array<u32, ROWS>;
alias Inputs = array<vec4f, COLS>;

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

// The words of a group in `terms`, which hold it and three adjacent groups.
fn words_of(terms: Units, group: u32) -> Words {
  var words: Words;
  for (var r = 0u; r < ROWS; r++) { // unroll
    words[r] = terms[r][group % 4u];
  }
  return words;
}

// Adds w x of a group, whose inputs have the sums `totals`.
fn add_group(words: Words, parts: Sums, totals: Squares, sums: ptr<function, Sums>) {
  for (var r = 0u; r < ROWS; r++) { // unroll
    let scale = group_scale(words[r]);
    let zero = group_zero(words[r], scale);
    for (var c = 0u; c < COLS; c++) { // unroll
      let i = r * COLS + c;
      (*sums)[i] = fma(scale, parts[i], fma(zero, totals[c], (*sums)[i]));
    }
  }
}

fn sum4(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}
