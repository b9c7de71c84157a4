// Philox4x32-10 (Salmon et al. 2011), a counter-based generator; the first of its four words.
// gives: philox
// needs: mul32
fn philox(counter: vec4u, seed: vec2u) -> u32 {
  var c = counter;
  var k = seed;
  for (var round = 0u; round < 10u; round++) {
    let a = mul32(0xD2511F53u, c.x);
    let b = mul32(0xCD9E8D57u, c.z);
    c = vec4u(b.y ^ c.y ^ k.x, b.x, a.y ^ c.w ^ k.y, a.x);
    k += vec2u(0x9E3779B9u, 0xBB67AE85u);
  }
  return c.x;
}
