/** The part of a tokenizer that stop strings need. */
export interface StopTokenizer {
  /** The text of ids. */
  decode(
    ids: number[],
    options?: { skipSpecialTokens?: boolean; cleanUpTokenizationSpaces?: boolean },
  ): string;
}

/**
 * Returns a test for stop strings: true if one ends within the last token. It may begin in the prompt, as in
 * transformers.
 *
 * @param prompt ids before the new tokens
 * @returns the test of new tokens
 */
export function stopTest(
  stops: readonly string[],
  tokenizer: StopTokenizer,
  prompt: readonly number[],
): (tokens: readonly number[]) => boolean {
  const longest = Math.max(...stops.map((stop) => new TextEncoder().encode(stop).length));
  // Every non-special token decodes to at least one byte; a few more let the preceding text settle.
  const reach = longest + 8;
  const options = { skipSpecialTokens: false, cleanUpTokenizationSpaces: false };
  return (tokens) => {
    if (tokens.length === 0) return false;
    const ids = [...prompt.slice(-Math.max(1, reach - tokens.length)), ...tokens].slice(-reach);
    const [before, text] = [tokenizer.decode(ids.slice(0, -1), options), tokenizer.decode(ids, options)];
    let same = 0;
    while (same < before.length && before[same] === text[same]) same++;
    return stops.some((stop) => text.lastIndexOf(stop) >= 0 && text.lastIndexOf(stop) + stop.length > same);
  };
}
