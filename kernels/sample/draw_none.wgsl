// Every sequence is greedy: sampling, which takes most of the compile time, is left out.
// gives: draw
// needs: Peak
fn draw(_sequence: u32, _slot: u32, _top: Peak, _thread: u32) {}
