/** Slots of sequences after some have branched and others ended. */
export interface Moves {
  /** Slot of each new sequence. */
  readonly slots: readonly number[];
  /** Slots to copy from and to before the sequences continue. */
  readonly pairs: readonly (readonly [from: number, to: number])[];
}

/**
 * Assigns cache slots to sequences that extend others: the first that extends a sequence keeps its slot,
 * later ones take the slots of sequences that nothing extends. No slot is both read and written.
 *
 * @param slots slots of the previous sequences
 * @param parents index of the previous sequence that each new one extends, same count as before
 */
export function reassign(slots: readonly number[], parents: readonly number[]): Moves {
  const free = slots.filter((_, i) => !parents.includes(i));
  const seen = new Set<number>();
  const pairs: [number, number][] = [];
  const placed = parents.map((parent) => {
    if (!seen.has(parent)) {
      seen.add(parent);
      return slots[parent];
    }
    const slot = free.pop()!;
    pairs.push([slots[parent], slot]);
    return slot;
  });
  return { slots: placed, pairs };
}
