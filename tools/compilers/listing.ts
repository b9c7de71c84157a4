/** Reads AMD's machine code as Mesa prints it: loops, and how they wait for memory. */

/** A loop without loops inside that loads from buffers. */
export interface Loop {
  /** Label of its first block. */
  readonly label: string;
  /** Loads of vectors from buffers. */
  readonly loads: number;
  /** Waits until all of them have arrived. */
  readonly fullWaits: number;
  /** Loads of uniform numbers from buffers, which an iteration repeats. */
  readonly uniformLoads: number;
  /** Stores to buffers. */
  readonly stores: number;
  /** Vector arithmetic: all of it, and products. */
  readonly vector: number;
  readonly products: number;
}

/** A listing's figures. */
export interface Listing {
  /** Highest vector register in use, plus one. */
  readonly registers: number;
  readonly loops: readonly Loop[];
  /**
   * Waits for memory in a row, if a load takes one unit of time and all else none. Loops with a constant bound
   * run that often, others once; no branch skips anything.
   */
  readonly roundTrips: number;
}

interface Instruction {
  readonly name: string;
  readonly operands: string;
}

/** A loop by the indices of its first instruction and of the last jump to it. */
interface Span {
  readonly label: string;
  readonly first: number;
  readonly last: number;
}

const LOAD = /^(buffer|global|flat)_load_|^image_load/;
const STORE = /^(buffer|global|flat)_store_/;
const UNIFORM_LOAD = /^s_buffer_load_/;
const PRODUCT = /^v_(pk_)?(fma|fmac|mad|mac|dot\d)/;
const BRANCH = /^s_c?branch/;

/** @throws SyntaxError if the text is no listing */
export function readListing(text: string): Listing {
  const code: Instruction[] = [];
  const labels = new Map<string, number>();
  for (const line of text.split("\n")) {
    const label = /^(BB\d+):/.exec(line)?.[1];
    const [, name, operands] = /^\s+([a-z]\w+)([^;]*)/.exec(line) ?? [];
    if (label !== undefined) labels.set(label, code.length);
    else if (name !== undefined) code.push({ name, operands });
  }
  if (code.length === 0 || labels.size === 0) throw new SyntaxError("no listing of AMD's machine code");
  const spans = spansOf(code, labels);
  const inner = spans.filter((one) =>
    !spans.some((other) => other !== one && other.first >= one.first && other.last <= one.last)
  );
  return {
    registers: registersOf(code),
    loops: inner.map((span) => loopOf(span, code)).filter(({ loads }) => loads > 0),
    roundTrips: roundTripsOf(code, spans),
  };
}

/** Loops from the outermost, in order. */
function spansOf(code: readonly Instruction[], labels: ReadonlyMap<string, number>): Span[] {
  const spans = new Map<string, Span>();
  for (const [last, { name, operands }] of code.entries()) {
    if (!BRANCH.test(name)) continue;
    const label = operands.trim();
    const first = labels.get(label);
    if (first === undefined) throw new SyntaxError(`${name} to ${label}, which the listing lacks`);
    if (first <= last) spans.set(label, { label, first, last });
  }
  return [...spans.values()].sort((a, b) => a.first - b.first || b.last - a.last);
}

function loopOf({ label, first, last }: Span, code: readonly Instruction[]): Loop {
  const body = code.slice(first, last + 1);
  const count = (pattern: RegExp) => body.filter(({ name }) => pattern.test(name)).length;
  return {
    label,
    loads: count(LOAD),
    fullWaits: body.filter((one) => outstandingAfter(one) === 0).length,
    uniformLoads: count(UNIFORM_LOAD),
    stores: count(STORE),
    vector: count(/^v_/),
    products: count(PRODUCT),
  };
}

/** Loads that a wait leaves outstanding; undefined if it is no wait for loads. */
function outstandingAfter({ name, operands }: Instruction): number | undefined {
  const [, count] = (name === "s_waitcnt" && /vmcnt\((\d+)\)/.exec(operands)) || [];
  return count === undefined ? undefined : Number(count);
}

function registersOf(code: readonly Instruction[]): number {
  let most = 0;
  for (const { operands } of code) {
    for (const [, one, last] of operands.matchAll(/\bv(?:(\d+)|\[\d+:(\d+)\])/g)) {
      most = Math.max(most, Number(one ?? last) + 1);
    }
  }
  return most;
}

/** Follows the listing, with the time at which each outstanding load arrives. */
function roundTripsOf(code: readonly Instruction[], spans: readonly Span[]): number {
  let time = 0;
  let arrivals: number[] = [];
  const run = (from: number, to: number, inside: readonly Span[]) => {
    let i = from;
    for (const span of inside) {
      if (span.first < i) continue; // inside a loop that has just run
      step(i, span.first);
      const nested = inside.filter((one) => one !== span && one.first >= span.first && one.last <= span.last);
      for (let trip = tripsOf(span, nested, code); trip > 0; trip--) run(span.first, span.last + 1, nested);
      i = span.last + 1;
    }
    step(i, to);
  };
  const step = (from: number, to: number) => {
    for (const one of code.slice(from, to)) {
      if (LOAD.test(one.name)) arrivals.push(time + 1);
      const left = outstandingAfter(one);
      if (left === undefined) continue;
      const awaited = arrivals.slice(0, Math.max(0, arrivals.length - left));
      time = Math.max(time, ...awaited);
      arrivals = arrivals.slice(awaited.length);
    }
  };
  run(0, code.length, spans);
  return time;
}

/**
 * Iterations of a loop that compares a scalar counter, which advances by a constant, with a constant or with the
 * minimum of one and something else; 1 if it is no such loop.
 */
function tripsOf({ first, last }: Span, nested: readonly Span[], code: readonly Instruction[]): number {
  const isOwn = (i: number) => !nested.some((span) => i >= span.first && i <= span.last);
  for (let i = first; i <= last; i++) {
    const [counter, bound] = code[i].operands.split(",").map((word) => word.trim());
    if (!isOwn(i) || !/^s_cmp_(ge|lt)_[iu]32$/.test(code[i].name)) continue;
    const most = constant(bound) ?? cappedAt(bound, code.slice(0, i));
    const steps = code.slice(first, last + 1).flatMap(({ name, operands }, k) => {
      const [target, source, by] = operands.split(",").map((word) => word.trim());
      const advances = isOwn(first + k) && /^s_add_[iu]32$/.test(name) && target === counter &&
        source === counter;
      return advances ? constant(by) ?? [] : [];
    });
    if (most !== undefined && steps.length === 1) return Math.ceil(most / steps[0]);
  }
  return 1;
}

/** The constant in `s_min_u32 register, constant, …`, if that is what defines the register last. */
function cappedAt(register: string, before: readonly Instruction[]): number | undefined {
  const { name = "", operands = "" } =
    before.findLast(({ name, operands }) =>
      /^s_(?!cmp|waitcnt|c?branch)/.test(name) && operands.trim().startsWith(`${register},`)
    ) ?? {};
  if (!/^s_min_[iu]32$/.test(name)) return undefined;
  const [, ...sources] = operands.split(",").map((word) => word.trim());
  return sources.map(constant).find((one) => one !== undefined);
}

function constant(word: string): number | undefined {
  return /^(0x[0-9a-f]+|\d+)$/.test(word ?? "") ? Number(word) : undefined;
}
