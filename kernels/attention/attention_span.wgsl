// The keys of a token are divided among workgroups in spans of SPLIT keys, or longer ones if that would give more than
// MOST_SPLITS; up to WHOLE keys are one span. This depends only on the token's own length, so that a result does not
// depend on other sequences.
// gives: span_of
const SPLIT = 64u;
const MOST_SPLITS = 64u;
const WHOLE = 256u; // keys that are not divided

fn span_of(end: u32) -> u32 {
  return select((end + SPLIT * MOST_SPLITS - 1u) / (SPLIT * MOST_SPLITS) * SPLIT, WHOLE, end <= WHOLE);
}
