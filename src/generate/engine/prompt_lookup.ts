/**
 * Guesses the next tokens by prompt lookup: finds the last earlier occurrence of the text's final n-gram and
 * copies the tokens after it; past the end of the text, it continues with the copied tokens (as in repeating
 * text).
 *
 * @param count tokens to guess
 * @param longest longest n-gram to match; shorter ones, down to one, are tried if it does not occur
 * @returns `count` tokens, or none if nothing matches
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
