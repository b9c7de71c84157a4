import type { LogitsProcessor, SequenceBias } from "./types.ts";

/** Adds a bias to the score of a sequence's last id if the preceding ids match its other ids. */
export function sequenceBias(biases: readonly SequenceBias[]): LogitsProcessor {
  // The last of duplicate sequences counts.
  const known = [...new Map(biases.map((bias) => [bias[0].join(), bias])).values()];
  return (ids, scores) => {
    const total = new Map<number, number>();
    for (const [run, bias] of known) {
      const last = run[run.length - 1];
      if (matches(run, ids)) total.set(last, Math.fround((total.get(last) ?? 0) + Math.fround(bias)));
    }
    for (const [id, bias] of total) scores[id] += bias;
  };
}

/** Removes the last id of a sequence if the others directly precede it; single end tokens stay. */
export function badWords(
  words: readonly (readonly number[])[],
  eosTokenIds: readonly number[],
): LogitsProcessor {
  const isEnd = (word: readonly number[]) => word.length === 1 && eosTokenIds.includes(word[0]);
  return sequenceBias(words.filter((word) => !isEnd(word)).map((word) => [word, -Infinity]));
}

/** True if `ids` end with all of `run` but its last id. As in transformers, `ids` must not be shorter than `run`. */
function matches(run: readonly number[], ids: readonly number[]): boolean {
  const before = run.length - 1;
  if (before === 0) return true;
  return run.length <= ids.length && run.slice(0, -1).every((id, i) => id === ids[ids.length - before + i]);
}
