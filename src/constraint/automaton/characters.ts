import type { Expression, Expressions } from "./expression.ts";

/** Sorted ranges of code points, bounds included, without surrogates. */
export type CodePoints = readonly (readonly [from: number, to: number])[];

export const ANY: CodePoints = [[0, 0xd7ff], [0xe000, 0x10ffff]];

/** The sorted union of ranges. */
export function unite(...sets: readonly CodePoints[]): CodePoints {
  const sorted = sets.flat().toSorted(([a], [b]) => a - b);
  const result: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return intersect(result, ANY);
}

/** The code points of both. */
export function intersect(a: CodePoints, b: CodePoints): CodePoints {
  const result: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [from, to] = [Math.max(a[i][0], b[j][0]), Math.min(a[i][1], b[j][1])];
    if (from <= to) result.push([from, to]);
    if (a[i][1] < b[j][1]) i++;
    else j++;
  }
  return result;
}

/** Every other code point. */
export function invert(set: CodePoints): CodePoints {
  const result: (readonly [number, number])[] = [];
  let next = 0;
  for (const [from, to] of set) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= 0x10ffff) result.push([next, 0x10ffff]);
  return intersect(result, ANY);
}

/** How code points appear in a text. */
export type Encoding = (make: Expressions, set: CodePoints) => Expression;

/** As UTF-8. */
export const plain: Encoding = (make, set) => make.choice(...set.flatMap((range) => utf8(make, range)));

const NEED_ESCAPE: CodePoints = [[0, 0x1f], [0x22, 0x22], [0x5c, 0x5c]];
const SHORT: ReadonlyMap<number, string> = new Map([
  [0x22, '"'],
  [0x5c, "\\"],
  [0x08, "b"],
  [0x0c, "f"],
  [0x0a, "n"],
  [0x0d, "r"],
  [0x09, "t"],
]);

/** As in a JSON string, in the one form that JSON.stringify writes. */
export const inString: Encoding = (make, set) => {
  const escaped: Expression[] = [];
  for (const [from, to] of intersect(set, NEED_ESCAPE)) {
    for (let point = from; point <= to; point++) {
      const short = SHORT.get(point);
      escaped.push(make.literal(short ? `\\${short}` : `\\u${point.toString(16).padStart(4, "0")}`));
    }
  }
  return make.choice(plain(make, intersect(set, invert(NEED_ESCAPE))), ...escaped);
};

/** Any code point in a JSON string, in every form that JSON allows; a pair of surrogates is one. */
export function anyInString(make: Expressions): Expression {
  const hex = make.bytes([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);
  const d = make.bytes([0x44, 0x44], [0x64, 0x64]);
  const notD = make.bytes([0x30, 0x39], [0x41, 0x43], [0x45, 0x46], [0x61, 0x63], [0x65, 0x66]);
  const low = make.bytes([0x43, 0x46], [0x63, 0x66]);
  const high = make.bytes([0x38, 0x39], [0x41, 0x42], [0x61, 0x62]);
  const unit = make.choice(
    make.sequence(notD, hex, hex, hex),
    make.sequence(d, make.bytes([0x30, 0x37]), hex, hex),
    make.sequence(d, high, hex, hex, make.literal("\\u"), d, low, hex, hex),
  );
  const short = make.choice(...[...'"\\/bfnrt'].map((one) => make.literal(one)));
  return make.choice(
    plain(make, intersect(ANY, invert(NEED_ESCAPE))),
    make.sequence(make.literal("\\"), make.choice(short, make.sequence(make.literal("u"), unit))),
  );
}

/** The UTF-8 sequences of a range of code points. */
function utf8(make: Expressions, [from, to]: readonly [number, number]): Expression[] {
  // Ranges of one length whose trailing bytes are full, or that differ in the last byte only.
  for (const last of [0x7f, 0x7ff, 0xffff]) {
    if (from <= last && to > last) return [...utf8(make, [from, last]), ...utf8(make, [last + 1, to])];
  }
  if (to <= 0x7f) return [make.bytes([from, to])];
  for (let bits = 6; bits <= 18; bits += 6) {
    const mask = 2 ** bits - 1;
    if ((from & ~mask) === (to & ~mask)) continue;
    if ((from & mask) !== 0) {
      return [...utf8(make, [from, from | mask]), ...utf8(make, [(from | mask) + 1, to])];
    }
    if ((to & mask) !== mask) {
      return [...utf8(make, [from, (to & ~mask) - 1]), ...utf8(make, [to & ~mask, to])];
    }
  }
  const [low, high] = [encode(from), encode(to)];
  return [make.sequence(...low.map((byte, i) => make.bytes([byte, high[i]])))];
}

function encode(point: number): number[] {
  if (point <= 0x7ff) return [0xc0 | point >> 6, 0x80 | point & 63];
  if (point <= 0xffff) return [0xe0 | point >> 12, 0x80 | point >> 6 & 63, 0x80 | point & 63];
  return [0xf0 | point >> 18, 0x80 | point >> 12 & 63, 0x80 | point >> 6 & 63, 0x80 | point & 63];
}
