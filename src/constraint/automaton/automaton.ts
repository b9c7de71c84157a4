import { type ByteSet, type Expression, hasByte, TooLargeError } from "./expression.ts";
import type { Language } from "./machine.ts";

/** An expression that is matched next, and all that follows it: a stack, whose lower part others share. */
interface Frame {
  readonly id: number;
  readonly head: Expression;
  /** The counts that remain of a repetition, or a machine's state and 0. */
  readonly min: number;
  readonly max: number;
  readonly rest: Frame | undefined;
  opened?: Opened;
}

/** Stacks that begin with bytes or a machine, and whether the end of the text matches too. */
interface Opened {
  readonly frames: readonly Frame[];
  readonly accepts: boolean;
}

interface State extends Opened {
  /** The state after each byte: -1 if none, -2 if not computed yet. */
  readonly next: Int32Array;
}

const UNKNOWN = -2;
/** Stacks of one state, which bound the time of a step. */
const MOST_STACKS = 2000;

/**
 * A nondeterministic stack machine over bytes, made deterministic as it runs: a state is the set of the
 * stacks that the text so far may have led to. A repetition keeps its counts as numbers.
 *
 * With `horizon`, counts above it become unbounded. A walk of at most `horizon` bytes cannot tell the
 * difference, and a long text has few states instead of one a character.
 */
export class Automaton {
  readonly #frames = new Map<string, Frame>();
  readonly #states = new Map<string, number>();
  readonly #all: State[] = [];
  readonly #shortened = new WeakMap<Frame, Frame>();
  /** The state before the first byte; -1 if no text matches. */
  readonly start: number;

  constructor(readonly grammar: Language, readonly horizon: number = Infinity) {
    this.start = this.#stateOf([this.#open(this.#push(grammar.root, undefined))]);
  }

  /** The state after a byte; -1 if the byte does not match. */
  step(state: number, byte: number): number {
    const { next, frames } = this.#all[state];
    const known = next[byte];
    if (known !== UNKNOWN) return known;
    const parts: Opened[] = [];
    for (const frame of frames) {
      const { head, rest } = frame;
      if (head.kind === "bytes") {
        if (hasByte(head.set, byte)) parts.push(this.#open(rest));
      } else if (head.kind === "machine") {
        const machine = this.grammar.machine(head.recipe);
        const to = machine.step(frame.min, byte);
        if (to >= 0) parts.push(this.#open(this.#frame(head, to, 0, rest)));
      }
    }
    const to = this.#stateOf(parts);
    this.#fillLike(this.#all[state], byte, to);
    return to;
  }

  /** Notes a step for all bytes that no stack of the state tells apart from this one. */
  #fillLike({ frames, next }: State, byte: number, to: number): void {
    next[byte] = to;
    const sets = new Set<ByteSet>();
    const classes = new Set<Int16Array>();
    for (const { head } of frames) {
      if (head.kind === "bytes") sets.add(head.set);
      else if (head.kind === "machine") classes.add(this.grammar.machine(head.recipe).classOf);
    }
    const isLike = (other: number) => {
      for (const set of sets) if (hasByte(set, other) !== hasByte(set, byte)) return false;
      for (const classOf of classes) if (classOf[other] !== classOf[byte]) return false;
      return true;
    };
    for (let other = 0; other < 256; other++) {
      if (next[other] === UNKNOWN && isLike(other)) next[other] = to;
    }
  }

  /** The state after bytes; -1 if they do not match. */
  walk(state: number, bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length && state >= 0; i++) state = this.step(state, bytes[i]);
    return state;
  }

  /** True if the language has the text. */
  matches(text: string): boolean {
    const state = this.walk(this.start, new TextEncoder().encode(text));
    return state >= 0 && this.accepts(state);
  }

  /** True if the text may end here. */
  accepts(state: number): boolean {
    return this.#all[state].accepts;
  }

  /** True if the text must end here. */
  ends(state: number): boolean {
    return this.#all[state].frames.length === 0;
  }

  /** This automaton's state for a state of another one of the same grammar, with counts cut to the horizon. */
  shorten(other: Automaton, state: number): number {
    const { frames, accepts } = other.#all[state];
    return this.#stateOf([{ frames: frames.map((frame) => this.#shorten(frame)), accepts }]);
  }

  #shorten(frame: Frame): Frame {
    const chain: Frame[] = [];
    let at: Frame | undefined = frame;
    while (at && !this.#shortened.has(at)) {
      chain.push(at);
      at = at.rest;
    }
    let made = at && this.#shortened.get(at);
    for (const one of chain.reverse()) {
      made = this.#frame(one.head, one.min, one.max, made);
      this.#shortened.set(one, made);
    }
    return made!;
  }

  #push(head: Expression, rest: Frame | undefined): Frame {
    if (head.kind === "repeat") return this.#frame(head, head.min, head.max, rest);
    if (head.kind === "machine") return this.#frame(head, this.grammar.machine(head.recipe).start, 0, rest);
    return this.#frame(head, 0, 0, rest);
  }

  #frame(head: Expression, min: number, max: number, rest: Frame | undefined): Frame {
    if (head.kind === "repeat") {
      if (max > this.horizon) max = Infinity;
      min = Math.min(min, this.horizon);
    }
    const key = `${head.id} ${min} ${max} ${rest?.id}`;
    let known = this.#frames.get(key);
    if (!known) {
      known = { id: this.#frames.size, head, min, max, rest };
      this.#frames.set(key, known);
    }
    return known;
  }

  /** Replaces stacks by those that begin with bytes or a machine. */
  #open(stack: Frame | undefined): Opened {
    if (stack === undefined) return END;
    if (stack.opened) return stack.opened;
    const frames = new Map<number, Frame>();
    let accepts = false;
    const seen = new Set<number>();
    const todo: (Frame | undefined)[] = [stack];
    while (todo.length > 0) {
      const frame = todo.pop();
      if (frame === undefined) {
        accepts = true;
        continue;
      }
      if (seen.has(frame.id) || !this.grammar.matchesSome(frame.head)) continue;
      seen.add(frame.id);
      const { head, min, max, rest } = frame;
      switch (head.kind) {
        case "bytes":
          frames.set(frame.id, frame);
          break;
        case "machine":
          frames.set(frame.id, frame);
          if (this.grammar.machine(head.recipe).accepts(min)) todo.push(rest);
          break;
        case "empty":
          todo.push(rest);
          break;
        case "sequence":
          todo.push(this.#push(head.first, this.#push(head.rest, rest)));
          break;
        case "choice":
          for (const option of head.options) todo.push(this.#push(option, rest));
          break;
        case "rule":
          todo.push(this.#push(head.rule.body!, rest));
          break;
        case "repeat":
          if (min === 0) todo.push(rest);
          if (max > 0 && this.grammar.matchesSome(head.item)) {
            const more = max === 1 ? rest : this.#frame(head, Math.max(min - 1, 0), max - 1, rest);
            todo.push(this.#push(head.item, more));
          }
      }
    }
    return stack.opened = { frames: [...frames.values()], accepts };
  }

  #stateOf(parts: readonly Opened[]): number {
    if (parts.length === 0) return -1;
    const frames = parts.length === 1
      ? parts[0].frames
      : [...new Map(parts.flatMap(({ frames }) => frames.map((one) => [one.id, one]))).values()];
    if (frames.length > MOST_STACKS) {
      throw new TooLargeError(
        `a text may be read in more than ${MOST_STACKS} ways, by counts inside of counts`,
      );
    }
    const accepts = parts.some((part) => part.accepts);
    if (frames.length === 0 && !accepts) return -1;
    const ids = Uint32Array.from(frames, ({ id }) => id).sort();
    const key = `${accepts} ${ids.join(" ")}`;
    let id = this.#states.get(key);
    if (id === undefined) {
      id = this.#all.length;
      this.#states.set(key, id);
      this.#all.push({ frames, accepts, next: new Int32Array(256).fill(UNKNOWN) });
    }
    return id;
  }
}

const END: Opened = { frames: [], accepts: true };
