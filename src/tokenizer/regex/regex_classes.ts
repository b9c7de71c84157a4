/** Returns true if a code point belongs to a set. */
export type CharacterTest = (codePoint: number) => boolean;

/** True if one of the tests passes. */
export function anyOf(tests: CharacterTest[]): CharacterTest {
  if (tests.length === 1) return tests[0];
  return (c) => {
    for (const test of tests) if (test(c)) return true;
    return false;
  };
}

const DOTLESS_I = 0x131;

/** The other variants of a letter under simple case folding. */
export function caseVariants(c: number): number[] {
  if (c === DOTLESS_I) return []; // Only its capital is I.
  const character = String.fromCodePoint(c);
  const out = [character.toLowerCase(), character.toUpperCase(), character.toUpperCase().toLowerCase()]
    .filter((text) => text.length === String.fromCodePoint(text.codePointAt(0) as number).length)
    .map((text) => text.codePointAt(0) as number);
  if (c === 0x73 || c === 0x53) out.push(0x17f);
  if (c === 0x6b || c === 0x4b) out.push(0x212a);
  return out;
}

/** Tests by a JavaScript expression and caches the result for each code point. */
function remember(expression: RegExp): CharacterTest {
  const answers = new Map<number, boolean>();
  return (c) => {
    let answer = answers.get(c);
    if (answer === undefined) answers.set(c, answer = expression.test(String.fromCodePoint(c)));
    return answer;
  };
}

const space = remember(/\p{White_Space}/u);
const digit = remember(/\p{Nd}/u);
// Oniguruma counts Latin-1's superscripts and fractions as word characters, but no other such numbers.
const word = remember(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u00b2\u00b3\u00b9\u00bc-\u00be]/u);
const hex: CharacterTest = (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);

/** `\w` of the pattern language. */
export const isWordCharacter: CharacterTest = word;

/** Character classes by the letter after the backslash. */
export const shorthand: Record<string, CharacterTest | undefined> = {
  s: space,
  S: (c) => !space(c),
  d: digit,
  D: (c) => !digit(c),
  w: word,
  W: (c) => !word(c),
  h: hex,
  H: (c) => !hex(c),
};

const posixNames: Record<string, string> = {
  alpha: "Alphabetic",
  digit: "Nd",
  space: "White_Space",
  upper: "Uppercase",
  lower: "Lowercase",
  punct: "P",
};

/** A POSIX class in brackets: `[[:punct:]]` includes symbols too, and `[[:word:]]` excludes fractions. */
export function posixTest(name: string): CharacterTest | undefined {
  if (name === "punct") return remember(/[\p{P}\p{S}]/u);
  if (name === "word") return remember(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u);
  return propertyTest(name);
}

/** A Unicode property, script or POSIX class by name. */
export function propertyTest(name: string): CharacterTest | undefined {
  const wanted = posixNames[name.toLowerCase()] ?? name;
  if (wanted.toLowerCase() === "alnum") return remember(/[\p{Alphabetic}\p{Nd}]/u);
  if (wanted.toLowerCase() === "word") return word;
  for (const property of [wanted, `Script=${wanted}`]) {
    try {
      return remember(new RegExp(`\\p{${property}}`, "u"));
    } catch {
      // Not a name that JavaScript knows here.
    }
  }
  return undefined;
}
