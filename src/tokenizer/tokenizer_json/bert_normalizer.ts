import { CodePointRanges } from "../unicode/code_point_ranges.ts";
import type { Fields } from "../../base/fields.ts";
import { normalizeForm } from "../text/normal_forms.ts";
import { editCharacters, type Span } from "../text/span.ts";
import { isSpace } from "../unicode/unicode.ts";
import { MARKS, OTHERS } from "../unicode/unicode_tables.ts";

/** Code point ranges (first, last) of the blocks of Chinese characters. */
const CHINESE: readonly [number, number][] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

/** Builds BertNormalizer: cleans text, puts spaces around Chinese characters, strips accents, converts to lowercase. */
export function bertNormalizer(section: Fields): (span: Span) => Span {
  const isSmall = section.boolean("lowercase", null) ?? true;
  const steps: ((span: Span) => Span)[] = [];
  if (section.boolean("clean_text", null) ?? true) steps.push(cleaner());
  if (section.boolean("handle_chinese_chars", null) ?? true) {
    steps.push((span) => editCharacters(span, apart));
  }
  if (section.boolean("strip_accents", null) ?? isSmall) steps.push(accentRemover());
  if (isSmall) steps.push((span) => editCharacters(span, (character) => character.toLowerCase()));
  return (span) => steps.reduce((value, step) => step(value), span);
}

function cleaner(): (span: Span) => Span {
  const others = new CodePointRanges(OTHERS);
  const clean = (character: string): string => {
    const code = character.codePointAt(0) as number;
    if (others.has(code)) return "";
    return isSpace(code) ? " " : character;
  };
  return (span) => editCharacters(span, clean);
}

function accentRemover(): (span: Span) => Span {
  const marks = new CodePointRanges(MARKS);
  const remove = (character: string): string =>
    marks.has(character.codePointAt(0) as number) ? "" : character;
  return (span) => editCharacters(normalizeForm(span, "NFD"), remove);
}

function apart(character: string): string {
  const code = character.codePointAt(0) as number;
  return CHINESE.some(([first, last]) => code >= first && code <= last) ? ` ${character} ` : character;
}
