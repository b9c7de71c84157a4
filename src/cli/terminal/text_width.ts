const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The user-perceived characters of a text: a letter with its accents, or a joined emoji, is one. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Ranges of characters that take two cells (Unicode's East Asian Width W and F, without emoji). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/** Cells that one character of {@linkcode graphemes} takes on a terminal: 0, 1 or 2. */
export function widthOf(grapheme: string): number {
  // An emoji, or a character with an emoji variation selector.
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  let width = 0;
  for (const character of grapheme) {
    const code = character.codePointAt(0)!;
    const wide = WIDE.some(([first, last]) => code >= first && code <= last);
    width = Math.max(width, wide ? 2 : /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u.test(character) ? 0 : 1);
  }
  return width;
}
