import type { PromptKey, Reuse, SlotContents } from "./slot_contents.ts";

/** Fewest rows worth a copy from another slot. */
export const LEAST_COPIED = 16;
/** Cost of copying a row, in computed rows. */
const COPY_COST = 1 / 64;

/** A slot that holds the beginning of a prompt. */
export interface Match {
  readonly slot: number;
  /** Number of rows that the prompt can reuse. */
  readonly rows: number;
}

/** The slot that holds most of a prompt; the lowest of several. */
export function bestMatch(contents: readonly SlotContents[], prompt: PromptKey, reuse: Reuse): Match {
  return contents.reduce<Match>((best, one, slot) => {
    const rows = one.shared(prompt, reuse);
    return rows > best.rows ? { slot, rows } : best;
  }, { slot: 0, rows: 0 });
}

/**
 * The free slot for a prompt. Any slot's rows can be copied to it, so all that counts is what its own rows are worth:
 * those that neither the prompt nor another slot has, the less the longer they were not used.
 * @param free slots not in use, at least one
 * @param time the current time, on the scale of `usedAt`
 */
export function chooseSlot(
  contents: readonly SlotContents[],
  free: readonly number[],
  { prompt, reuse, time }: { prompt: PromptKey; reuse: Reuse; time: number },
): number {
  const best = bestMatch(contents, prompt, reuse);
  const costs = free.map((slot) => {
    const one = contents[slot];
    const own = one.shared(prompt, reuse);
    const elsewhere = Math.max(
      0,
      ...contents.map((other) => other === one ? 0 : one.common(other, reuse)),
    );
    const lost = Math.max(0, one.reusable(reuse) - Math.max(own, elsewhere));
    const copied = best.rows - own >= LEAST_COPIED ? best.rows - own : 0;
    return { slot, cost: lost / (1 + time - one.usedAt) + copied * COPY_COST, usedAt: one.usedAt };
  });
  return costs.reduce((a, b) => b.cost < a.cost || (b.cost === a.cost && b.usedAt < a.usedAt) ? b : a).slot;
}
