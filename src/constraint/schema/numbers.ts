import type { Expression, Expressions } from "../automaton/expression.ts";
import type { Bound, Facts } from "./facts.ts";
import { NUMBER_FORMATS } from "./formats.ts";
import { SchemaError } from "./located.ts";

/**
 * Digits before the decimal point, and of an exponent: a longer number could be infinite as a double, which
 * validators refuse.
 */
const MOST_DIGITS = 100;
/**
 * Significant digits where a bound is open: two decimals that differ within them differ as doubles.
 */
const EXACT_DIGITS = 15;
/** Largest divisor of multipleOf, as an integer without trailing zeros behind the point. */
const LARGEST_DIVISOR = 100_000;

/** The numbers of a conjunction's facts, without spaces. Numbers with bounds have no exponent. */
export function numbers(make: Expressions, facts: Facts, isInteger: boolean): Expression {
  const limits = facts.formats.flatMap(({ text }) =>
    Object.hasOwn(NUMBER_FORMATS, text) ? NUMBER_FORMATS[text].most ?? [] : []
  );
  if (limits.length > 0) {
    const most = Math.min(...limits);
    const { lower, upper } = facts;
    return numbers(make, {
      ...facts,
      formats: [],
      lower: lower && lower.value >= -most ? lower : { value: -most, open: false },
      upper: upper && upper.value < most ? upper : { value: most, open: true },
    }, true);
  }
  const { lower, upper, multiples } = facts;
  let result: Expression | undefined;
  if (lower || upper) {
    result = isInteger ? integersWithin(make, lower, upper) : decimalsWithin(make, lower, upper);
  }
  for (const { value, pointer } of multiples) {
    const machine = multiplesOf(make, isInteger ? integerMultiple(value) : value, pointer);
    // A machine's digits are unlimited, and a multiple of more digits is none as a double.
    const short = isInteger ? integer(make, EXACT_DIGITS) : plainDecimal(make, EXACT_DIGITS);
    const limited = result ? make.machine({ kind: "and", left: result, right: short }, false) : short;
    result = make.machine({ kind: "and", left: limited, right: machine }, false);
  }
  return result ?? (isInteger ? integer(make) : anyNumber(make));
}

function digit(make: Expressions, from = 0, to = 9): Expression {
  return from > to ? make.never : make.bytes([0x30 + from, 0x30 + to]);
}

function digits(make: Expressions, min: number, max: number): Expression {
  return make.repeat(digit(make), min, max);
}

function whole(make: Expressions, most = MOST_DIGITS): Expression {
  return make.choice(make.literal("0"), make.sequence(digit(make, 1), digits(make, 0, most - 1)));
}

function integer(make: Expressions, most = MOST_DIGITS): Expression {
  return make.sequence(make.optional(make.literal("-")), whole(make, most));
}

function plainDecimal(make: Expressions, most = MOST_DIGITS): Expression {
  return make.sequence(
    integer(make, most),
    make.optional(make.sequence(make.literal("."), digits(make, 1, Infinity))),
  );
}

function anyNumber(make: Expressions): Expression {
  const [e, sign] = [make.bytes([0x45, 0x45], [0x65, 0x65]), make.bytes([0x2b, 0x2b], [0x2d, 0x2d])];
  const exponent = make.sequence(e, make.optional(sign), digits(make, 1, 2));
  return make.sequence(plainDecimal(make), make.optional(exponent));
}

/** The least integer that is a multiple of a decimal. */
function integerMultiple(value: number): number {
  const { units, scale } = scaled(value);
  let [a, b] = [units, scale];
  while (b > 0n) [a, b] = [b, a % b];
  return Number(units / a);
}

/** A decimal as units / scale, with scale a power of ten. */
function scaled(value: number): { units: bigint; scale: bigint; places: number } {
  const { whole, fraction } = decimalOf(value);
  return { units: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length), places: fraction.length };
}

function multiplesOf(make: Expressions, value: number, pointer: string): Expression {
  const { units, places } = scaled(value);
  if (units > LARGEST_DIVISOR) {
    throw new SchemaError(pointer, `${value} has too many digits: at most ${LARGEST_DIVISOR} as an integer`);
  }
  return make.machine({ kind: "multiple", divisor: Number(units), digits: places }, false);
}

/** A number's magnitude in decimal digits: none of its leading or trailing zeros but one before the point. */
function decimalOf(value: number): { whole: string; fraction: string } {
  const [mantissa, exponent = "0"] = String(Math.abs(value)).split("e");
  const [before, after = ""] = mantissa.split(".");
  const shift = Number(exponent);
  const [all, point] = [before + after, before.length + shift];
  const padded = point > 0 ? all.padEnd(point, "0") : "0".repeat(1 - point) + all;
  const at = Math.max(point, 1);
  return {
    whole: padded.slice(0, at).replace(/^0+(?=\d)/, ""),
    fraction: padded.slice(at).replace(/0+$/, ""),
  };
}

function integersWithin(make: Expressions, lower: Bound | undefined, upper: Bound | undefined): Expression {
  const low = lower && (lower.open ? Math.floor(lower.value) + 1 : Math.ceil(lower.value));
  const high = upper && (upper.open ? Math.ceil(upper.value) - 1 : Math.floor(upper.value));
  // Bounds above 2^53 move by less than one; a closed bound at the double itself is right then.
  return within(
    make,
    low === undefined ? undefined : { value: low, open: false },
    high === undefined ? undefined : { value: high, open: false },
    () => 0,
  );
}

function decimalsWithin(make: Expressions, lower: Bound | undefined, upper: Bound | undefined): Expression {
  return within(make, lower, upper, (bounds) => {
    const wholes = bounds.map(({ value }) => decimalOf(value).whole.length);
    const fractions = bounds.map(({ value }) => decimalOf(value).fraction.length);
    return Math.max(EXACT_DIGITS - Math.max(...wholes), ...fractions, 0);
  });
}

/** @param placesOf decimal places that numbers near the bounds may have */
function within(
  make: Expressions,
  lower: Bound | undefined,
  upper: Bound | undefined,
  placesOf: (bounds: readonly Bound[]) => number,
): Expression {
  const places = placesOf([lower, upper].filter((bound) => bound !== undefined));
  const isNegative = (bound: Bound) => bound.value < 0 || (bound.value === 0 && bound.open);
  const magnitude = (bound: Bound): Bound => ({ value: Math.abs(bound.value), open: bound.open });
  const zero: Bound = { value: 0, open: false };
  const parts: Expression[] = [];
  if (!upper || !isNegative(upper)) {
    const from = lower && lower.value >= 0 ? lower : zero;
    parts.push(magnitudes(make, from, upper, places));
  }
  if (!lower || lower.value < 0) {
    // -0 is 0, which the first part has.
    const from = upper && upper.value <= 0 ? magnitude(upper) : { value: 0, open: true };
    parts.push(make.sequence(make.literal("-"), magnitudes(make, from, lower && magnitude(lower), places)));
  }
  return make.choice(...parts);
}

/** Numbers without a sign, from `from` up to `to`. */
function magnitudes(make: Expressions, from: Bound, to: Bound | undefined, places: number): Expression {
  const above = compared(make, from, true, places);
  if (!to) return above;
  const below = compared(make, to, false, places);
  return make.machine({ kind: "and", left: above, right: below }, false);
}

/** Numbers at or above a bound, or at or below it; `open`: without the bound itself. */
function compared(make: Expressions, bound: Bound, isAbove: boolean, places: number): Expression {
  const { whole, fraction } = decimalOf(bound.value);
  const point = make.literal(".");
  const rest = (used: number) => digits(make, 0, Math.max(places - used, 0));
  const anyFraction = places === 0
    ? make.empty
    : make.optional(make.sequence(point, digits(make, 1, places)));
  const past = (place: string, first: boolean) =>
    isAbove ? digit(make, Number(place) + 1) : digit(make, first ? 1 : 0, Number(place) - 1);

  // The digits behind the point, from place i on, given equal digits so far; at least one must follow if `needed`.
  const behind = (i: number, needed: boolean): Expression => {
    if (i === fraction.length) {
      const left = places - i;
      const zeros = make.repeat(make.literal("0"), needed ? 1 : 0, left);
      if (!isAbove) return bound.open ? make.never : zeros;
      if (!bound.open) return needed ? (left > 0 ? digits(make, 1, left) : make.never) : rest(i);
      if (left <= 0) return make.never;
      return make.sequence(make.repeat(make.literal("0"), 0, left - 1), digit(make, 1), rest(i + 1));
    }
    const place = fraction[i];
    const options = [
      make.sequence(past(place, false), rest(i + 1)),
      make.sequence(make.literal(place), behind(i + 1, false)),
    ];
    // Fewer digits are a smaller number.
    if (!isAbove && !needed) options.push(make.empty);
    return make.choice(...options);
  };
  const sameWhole = (): Expression => {
    const endsHere = isAbove ? fraction === "" && !bound.open : fraction !== "" || !bound.open;
    return make.choice(
      endsHere ? make.empty : make.never,
      places === 0 ? make.never : make.sequence(point, behind(0, true)),
    );
  };
  const same: Expression[] = [];
  for (let i = 0; i < whole.length; i++) {
    const only = whole.length === 1;
    same.push(make.sequence(
      make.literal(whole.slice(0, i)),
      past(whole[i], i === 0 && !only),
      digits(make, whole.length - i - 1, whole.length - i - 1),
      anyFraction,
    ));
  }
  same.push(make.sequence(make.literal(whole), sameWhole()));
  if (isAbove) {
    const most = Math.max(MOST_DIGITS, whole.length + 1);
    same.push(make.sequence(digit(make, 1), digits(make, whole.length, most - 1), anyFraction));
  } else if (whole.length > 1) {
    same.push(make.sequence(digit(make, 1), digits(make, 0, whole.length - 2), anyFraction));
    same.push(make.sequence(make.literal("0"), anyFraction));
  }
  return make.choice(...same);
}
