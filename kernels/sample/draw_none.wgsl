// Every sequence is greedy: what drawing needs is not compiled, which takes most of the time.
// gives: draw
fn draw(_sequence: u32, _slot: u32, _top_token: u32, _top: f32, _wish: u32, _thread: u32) {}
