/** Where sequences lie after some have split and others ended. */
export interface Moves {
  /** Slot of each new sequence. */
  readonly slots: readonly number[];
  /** Slots to copy from and to, before the sequences go on. */
  readonly pairs: readonly (readonly [from: number, to: number])[];
}

/**
 * Gives sequences that continue others their places in the cache: the first that continues a sequence stays where
 * that one lies, the next ones take the slots of sequences that nothing continues. No slot is both read and written.
 *
 * @param slots of the sequences before
 * @param parents which of them each new sequence continues, as many as there were
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
