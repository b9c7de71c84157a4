/** The rest of a prompt. */
export interface PromptLeft {
  readonly rows: number;
  /** Its rotary regime; prompts of different ones cannot share a chunk. */
  readonly regime: number;
}

/**
 * Numbers of rows that waiting prompts get of the next chunk. The shortest goes first, so that it does not wait for a
 * long one; the oldest gets as many rows, up to half of the chunk, so that it is not put off for ever. If the oldest is
 * the shortest, the next ones fill its chunk.
 * @param prompts in order of arrival; at least one
 * @param most rows of the chunk
 * @param turn number of the chunk
 */
export function shareChunk(prompts: readonly PromptLeft[], most: number, turn: number): number[] {
  const [oldest] = prompts;
  let shortest = prompts.reduce((a, b) => b.rows < a.rows ? b : a);
  if (shortest.regime !== oldest.regime && turn % 2 === 0) shortest = oldest;
  const shares = prompts.map(() => 0);
  let left = most;
  const give = (i: number, rows: number) => {
    shares[i] = Math.min(rows, left);
    left -= shares[i];
  };
  if (shortest === oldest) return fillChunk(prompts, most);
  if (shortest.regime === oldest.regime) give(0, Math.min(oldest.rows, shortest.rows, most >> 1));
  give(prompts.indexOf(shortest), shortest.rows);
  return shares;
}

/** Numbers of rows in order of arrival: the fewest chunks, if nobody waits for a first token. */
export function fillChunk(prompts: readonly PromptLeft[], most: number): number[] {
  let left = most;
  return prompts.map(({ rows, regime }) => {
    const share = regime === prompts[0].regime ? Math.min(rows, left) : 0;
    left -= share;
    return share;
  });
}
