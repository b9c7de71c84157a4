/**
 * Which lane of the decoding steps continues which slot. A step runs all lanes up to the highest in use, so a new
 * sequence gets the lowest free lane, whatever its slot. Each lane has a slot of its own at all times: a free lane that
 * runs between others writes behind the rows of its free slot.
 */
export class Lanes {
  readonly #slotOf: number[];
  readonly #laneOf: number[];
  readonly #used = new Set<number>();

  constructor(count: number) {
    this.#slotOf = Array.from({ length: count }, (_, i) => i);
    this.#laneOf = [...this.#slotOf];
  }

  /** The lane of a slot. */
  of(slot: number): number {
    return this.#laneOf[slot];
  }

  /** Gives a free slot the lowest free lane; returns the slots whose lanes have changed. */
  take(slot: number): number[] {
    const lane = this.#slotOf.findIndex((_, i) => !this.#used.has(i));
    this.#used.add(lane);
    const [other, before] = [this.#slotOf[lane], this.#laneOf[slot]];
    if (other === slot) return [];
    this.#seat(slot, lane);
    this.#seat(other, before);
    return [slot, other];
  }

  /** Frees the lane of a slot. */
  release(slot: number): void {
    this.#used.delete(this.#laneOf[slot]);
  }

  #seat(slot: number, lane: number): void {
    this.#slotOf[lane] = slot;
    this.#laneOf[slot] = lane;
  }
}
