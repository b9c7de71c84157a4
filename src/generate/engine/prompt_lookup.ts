/**
 * Guesses what comes next from what stands in the text already: looks for the last place where its last tokens stand
 * too, and copies what follows there, beyond the text's end what was copied itself (as in a text that repeats).
 *
 * @param count tokens to guess
 * @param longest most last tokens that must match; fewer, down to one, where there is no such place
 * @returns `count` tokens, or none where nothing matches
 */
export function promptLookup(text: readonly number[], count: number, longest: number): number[] {
  for (let size = Math.min(longest, text.length - 1); size > 0; size--) {
    const start = text.length - size;
    for (let at = start - 1; at >= 0; at--) {
      let same = 0;
      while (same < size && text[at + same] === text[start + same]) same++;
      if (same < size) continue;
      const whole = [...text];
      for (let i = 0; i < count; i++) whole.push(whole[at + size + i]);
      return whole.slice(text.length);
    }
  }
  return [];
}
