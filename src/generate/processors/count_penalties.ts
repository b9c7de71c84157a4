import type { LogitsProcessor } from "./types.ts";

/**
 * OpenAI's penalties of tokens in the answer so far: `frequency` is subtracted for each time that a token is there,
 * `presence` once. (The prompt does not count.)
 */
export function countPenalties(frequency: number, presence: number): LogitsProcessor {
  return (ids, scores, { promptLength }) => {
    const counts = new Map<number, number>();
    for (const id of ids.slice(promptLength)) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const [id, count] of counts) scores[id] -= frequency * count + presence;
  };
}
