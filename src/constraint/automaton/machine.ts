import { type Expression, type Recipe, TooLargeError } from "./expression.ts";

/** A deterministic recogniser; states are small integers. */
export interface Machine {
  /** -1 if no string is accepted. */
  readonly start: number;
  /** The state after one more byte; -1 if no continuation is accepted. */
  step(state: number, byte: number): number;
  accepts(state: number): boolean;
  /** Equal for bytes that no state tells apart; negative for those that never match. */
  readonly classOf: Int16Array;
}

/** An expression that can be run: its rules have bodies, its machines are built. */
export interface Language {
  readonly root: Expression;
  /** True if at least one string belongs to a part's language. */
  matchesSome(part: Expression): boolean;
  machine(recipe: Recipe): Machine;
}

/** A recogniser whose states are any values; {@link prune} makes a {@link Machine} of it. */
export interface RawMachine<State> {
  readonly start: State;
  step(state: State, byte: number): State | undefined;
  accepts(state: State): boolean;
  /** Equal for equal states. */
  keyOf(state: State): string | number;
  /** The bytes in classes, whose bytes the machine does not tell apart; bytes of no class never match. */
  readonly classes: readonly (readonly number[])[];
}

/** States that a machine may have in all. */
const MOST_STATES = 200_000;
/** States that the search for a first accepted string may visit: compiling must not take long. */
const MOST_AT_START = 5000;

/** A machine without dead ends: a state from which no string is accepted is never entered. */
export function prune<State>(raw: RawMachine<State>): Machine {
  const ids = new Map<string | number, number>();
  const states: State[] = [];
  const live: (boolean | undefined)[] = [];
  const next: Int32Array[] = [];
  const symbols = raw.classes.map(([first]) => first);
  const classOf = new Int16Array(256).fill(-1);
  raw.classes.forEach((bytes, symbol) => bytes.forEach((byte) => classOf[byte] = symbol));

  const idOf = (state: State): number => {
    const key = raw.keyOf(state);
    let id = ids.get(key);
    if (id === undefined) {
      if (states.length >= most) {
        throw new TooLargeError(`a pattern or its bounds need more than ${most} states`);
      }
      id = states.length;
      ids.set(key, id);
      states.push(state);
      next.push(new Int32Array(symbols.length).fill(UNKNOWN));
    }
    return id;
  };
  const go = (id: number, symbol: number): number => {
    const known = next[id][symbol];
    if (known !== UNKNOWN) return known;
    const to = raw.step(states[id], symbols[symbol]);
    return next[id][symbol] = to === undefined ? -1 : idOf(to);
  };

  // Breadth first: the nearest accepting state, or every reachable one, which are dead then.
  const isLive = (from: number): boolean => {
    const known = live[from];
    if (known !== undefined) return known;
    const parents = new Map<number, number>([[from, -1]]);
    const queue = [from];
    for (let at = 0; at < queue.length; at++) {
      const id = queue[at];
      if (live[id] || raw.accepts(states[id])) {
        for (let one = id; one !== -1; one = parents.get(one)!) live[one] = true;
        return true;
      }
      for (let symbol = 0; symbol < symbols.length; symbol++) {
        const to = go(id, symbol);
        if (to === -1 || live[to] === false || parents.has(to)) continue;
        parents.set(to, id);
        queue.push(to);
      }
    }
    for (const id of queue) live[id] = false;
    return false;
  };

  let most = MOST_AT_START;
  const first = idOf(raw.start);
  const start = isLive(first) ? first : -1;
  most = MOST_STATES;
  return {
    start,
    step: (state, byte) => {
      const symbol = classOf[byte];
      if (symbol < 0) return -1;
      const to = go(state, symbol);
      return to !== -1 && isLive(to) ? to : -1;
    },
    accepts: (state) => raw.accepts(states[state]),
    classOf,
  };
}

const UNKNOWN = -2;

/** The phases of a JSON number. */
const [START, MINUS, ZERO, INTEGER, POINT, FRACTION] = [0, 1, 2, 3, 4, 5];

/** Digits, sign and point. */
export const MULTIPLE_BYTES: readonly number[] = [
  ...Array.from({ length: 10 }, (_, i) => 0x30 + i),
  0x2d,
  0x2e,
];

interface Digits {
  readonly phase: number;
  /** Remainder of the digits so far. */
  readonly rest: number;
  /** Decimal places so far. */
  readonly places: number;
}

/** Multiples of divisor / 10^digits, written without an exponent. */
export function multiples(divisor: number, digits: number): RawMachine<Digits> {
  const digit = ({ phase, rest, places }: Digits, value: number): Digits | undefined => {
    const added = (rest * 10 + value) % divisor;
    if (phase === START || phase === MINUS) {
      return { phase: value === 0 ? ZERO : INTEGER, rest: added, places };
    }
    if (phase === INTEGER) return { phase, rest: added, places };
    if ((phase === POINT || phase === FRACTION) && places < digits) {
      return { phase: FRACTION, rest: added, places: places + 1 };
    }
  };
  return {
    start: { phase: START, rest: 0, places: 0 },
    step(state, byte) {
      if (byte >= 0x30 && byte <= 0x39) return digit(state, byte - 0x30);
      if (byte === 0x2d && state.phase === START) return { ...state, phase: MINUS };
      const whole = state.phase === ZERO || state.phase === INTEGER;
      if (byte === 0x2e && whole && digits > 0) return { ...state, phase: POINT };
    },
    accepts({ phase, rest, places }) {
      if (phase !== ZERO && phase !== INTEGER && phase !== FRACTION) return false;
      let value = rest;
      for (let place = places; place < digits; place++) value = value * 10 % divisor;
      return value === 0;
    },
    keyOf: ({ phase, rest, places }) => `${phase} ${rest} ${places}`,
    classes: MULTIPLE_BYTES.map((byte) => [byte]),
  };
}
