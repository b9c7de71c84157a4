// Shared by both stages of the choice of a token. A peak is the best token of 32 adjacent ones, which are one word of
// a bitmap over the vocabulary.
// gives: BITMAP, BROKEN, Peak, Sampling, VOCAB
const VOCAB = 64u;
const BITMAP = 2u;          // words per bitmap of the vocabulary
const BROKEN = 0xffffffffu; // marks non-finite logits

struct Sampling {
  temperature: f32,
  top_p: f32,
  min_p: f32,
  penalty: f32,
  top_k: u32,      // 0: off
  sample: u32,     // 0: greedy
  seed_lo: u32,
  seed_hi: u32,
  sequence: u32,   // which of several returns of one prompt
  step: u32,       // tokens generated so far
  blocked_until: u32, // the blocked bitmap applies while step is below
  unused: u32,
}

struct Peak {
  score: f32,
  token: u32, // the lowest of the best; BROKEN if one of the 32 logits is not finite
}
