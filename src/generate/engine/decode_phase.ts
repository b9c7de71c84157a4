import { now, since } from "../../base/clock.ts";
import { type Decoder, MOST_STEPS } from "../decode/decoder.ts";
import { type Active, reachOf, stepsLeft } from "./active.ts";
import type { Pace } from "./pace.ts";

/** Work given to the device so far, for the benchmark. */
export interface WorkCounts {
  submits: number;
  steps: number;
  encodeMs: number;
}

/** Steps encoded for the sequences running at that time. */
interface Group {
  readonly commands: GPUCommandBuffer;
  readonly steps: number;
  readonly lanes: number;
  readonly reach: number;
}

/** Runs the decoding steps of sequences, a group at a time. */
export class DecodePhase {
  #ahead: Group | undefined;

  constructor(readonly decoder: Decoder, readonly pace: Pace, readonly counts: WorkCounts) {}

  /** Drops steps encoded ahead: they do not know how new sequences choose their tokens. */
  forget(): void {
    this.#ahead = undefined;
  }

  /** Submits the next group of steps of these sequences. */
  run(decoding: readonly Active[]): void {
    // Only the last step's logits can be read, so a request that reads them runs one step at a time.
    const watched = decoding.some(({ readsLogits }) => readsLogits);
    const wanted = watched ? 1 : Math.max(...decoding.map(({ held }) => held?.stay ?? this.pace.steps));
    for (const one of decoding) this.#hold(one);
    // A constraint's steps after a change of its mask are in vain.
    const most = watched || decoding.some(({ held }) => held) ? wanted : Infinity;
    const useful = this.#ahead && this.#fits(this.#ahead, decoding) && this.#ahead.steps <= most;
    this.#submit(this.#ahead && useful ? this.#ahead : this.#encode(decoding, wanted), decoding);
    // Encodes the next steps while the device runs these; they may turn out not to be needed.
    this.#ahead = stepsLeft(decoding) > 0 ? this.#encode(decoding, wanted) : undefined;
  }

  /** Gives the device the tokens that a sequence may not choose next, if they have changed. */
  #hold({ held, slot, mayEnd }: Active): void {
    const blocked = held?.blocked(mayEnd);
    if (blocked) this.decoder.block(slot, blocked);
  }

  #encode(decoding: readonly Active[], wanted: number): Group {
    const start = now();
    const steps = Math.max(1, Math.min(wanted, stepsLeft(decoding), MOST_STEPS));
    const [lanes, reach] = [this.#lanes(decoding), reachOf(decoding)];
    const commands = this.decoder.encode(steps, lanes, reach);
    this.counts.encodeMs += since(start);
    return { commands, steps, lanes, reach };
  }

  #submit({ commands, steps, lanes }: Group, decoding: readonly Active[]): void {
    this.decoder.use(lanes);
    this.decoder.submit(commands);
    this.pace.stepped(steps);
    this.counts.steps += steps;
    this.counts.submits++;
    for (const one of decoding) one.submitted += steps;
  }

  /** Number of lanes up to the last in use. */
  #lanes(decoding: readonly Active[]): number {
    return Math.max(...decoding.map(({ slot }) => this.decoder.laneOf(slot))) + 1;
  }

  /** True if steps encoded ahead match the sequences running now. */
  #fits({ lanes, reach }: Group, decoding: readonly Active[]): boolean {
    return lanes === this.#lanes(decoding) && reach >= reachOf(decoding);
  }
}
