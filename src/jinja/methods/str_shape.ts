import { bind } from "../values/binding.ts";
import { encode } from "./bytes.ts";
import type { Method, Methods } from "./methods.ts";
import { textArgument } from "./str_search.ts";
import { index, isInt, isText, plain, pointCount, points, raise, typeName } from "../values/types.ts";
import { casefold, isLower, isTitle, isUpper, lower, stripText, title, upper } from "../values/unicode.ts";
import { Dict, type Evaluation, type Markup, TemplateError, Tuple, type Value } from "../values/values.ts";

function plainMethod(name: string, change: (text: string) => string): Method<string> {
  return (self, args, keywords, ev) => {
    bind(`str.${name}`, "/ ", args, keywords);
    const result = change(self);
    ev.budget.text(result.length);
    return result;
  };
}

const CASED = /\p{Cased}/u;

// A capital sigma at the end of a word has its own lowercase form.
function lowerAt(characters: readonly string[], at: number): string {
  if (characters[at] !== "Σ") return lower(characters[at]);
  const ignorable = /\p{Case_Ignorable}/u;
  let before = at - 1;
  while (before >= 0 && ignorable.test(characters[before])) before--;
  let after = at + 1;
  while (after < characters.length && ignorable.test(characters[after])) after++;
  const starts = before >= 0 && CASED.test(characters[before]);
  const ends = after >= characters.length || !CASED.test(characters[after]);
  return starts && ends ? "ς" : "σ";
}

function isCased(character: string): boolean {
  return isLower(character) || isUpper(character) || isTitle(character);
}

function titleText(text: string): string {
  const characters = Array.from(text);
  let cased = false;
  return characters.map((character, i) => {
    const result = cased ? lowerAt(characters, i) : title(character);
    cased = isCased(character);
    return result;
  }).join("");
}

/** Python's str.capitalize(). */
export function capitalizeText(text: string): string {
  const characters = Array.from(text);
  return characters.map((character, i) => i === 0 ? title(character) : lowerAt(characters, i)).join("");
}

function swapText(text: string): string {
  const characters = Array.from(text);
  return characters.map((character, i) => {
    if (isUpper(character)) return lowerAt(characters, i);
    return isLower(character) ? upper(character) : character;
  }).join("");
}

function strip(name: string, left: boolean, right: boolean): Method<string> {
  return (self, args, keywords) => {
    const [marks] = bind(`str.${name}`, "/ chars?", args, keywords);
    const set = marks === undefined || marks === null
      ? null
      : textArgument(marks, () => `${name} arg must be None or str`);
    return stripText(self, set, left, right);
  };
}

type Side = "left" | "right" | "both";

/** Pads a text to a width with a fill character. */
export function padText(text: string, width: number, fill: string, side: Side, ev: Evaluation): string {
  const missing = width - pointCount(text);
  if (missing <= 0) return text;
  ev.budget.text(text.length + missing * fill.length);
  const before = side === "left" ? missing : side === "right" ? 0 : (missing >> 1) + (missing & width & 1);
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

function pad(name: string, side: Side): Method<string> {
  return (self, args, keywords, ev) => {
    const [width, mark] = bind(`str.${name}`, "/ width fillchar?", args, keywords);
    const fill = mark === undefined ? " " : textArgument(
      mark,
      (type) => `The fill character must be a unicode character, not ${type}`,
    );
    const size = index(width!);
    if (pointCount(fill) !== 1) {
      raise("TypeError", "The fill character must be exactly one character long");
    }
    return padText(self, size, fill, side, ev);
  };
}

const zfill: Method<string> = (self, args, keywords, ev) => {
  const [width] = bind("str.zfill", "/ width", args, keywords);
  const sign = /^[-+]/.test(self) ? self[0] : "";
  return sign + padText(self.slice(sign.length), index(width!) - sign.length, "0", "left", ev);
};

const expandtabs: Method<string> = (self, args, keywords, ev) => {
  const [value] = bind("expandtabs", "tabsize?", args, keywords);
  const size = value === undefined ? 8 : index(value);
  let [column, result] = [0, ""];
  for (const character of self) {
    if (character !== "\t") {
      result += character;
      column = character === "\n" || character === "\r" ? 0 : column + 1;
      continue;
    }
    if (size <= 0) continue;
    const blanks = size - column % size;
    ev.budget.text(result.length + blanks);
    result += " ".repeat(blanks);
    column += blanks;
  }
  return result;
};

function remove(name: "removeprefix" | "removesuffix"): Method<string> {
  return (self, args, keywords) => {
    const [value] = bind(`str.${name}`, "/ affix", args, keywords);
    const affix = textArgument(value, (type) => `${name}() argument must be str, not ${type}`);
    if (affix === "") return self;
    if (name === "removeprefix") return self.startsWith(affix) ? self.slice(affix.length) : self;
    return self.endsWith(affix) ? self.slice(0, -affix.length) : self;
  };
}

const translate: Method<string> = (self, args, keywords, ev) => {
  const [table] = bind("str.translate", "/ table", args, keywords);
  if (!(table instanceof Dict) && !isText(table!) && !Array.isArray(table) && !(table instanceof Tuple)) {
    throw new TemplateError(`str.translate: expected a dict, list or str as table, got ${typeName(table!)}`);
  }
  const result = Array.from(self, (character) => translated(character, table)).join("");
  ev.budget.text(result.length);
  return result;
};

type Table = Dict | string | Markup | Value[] | Tuple;

function entryOf(table: Table, point: number): Value | undefined {
  if (table instanceof Dict) return table.get(BigInt(point));
  if (isText(table)) return points(plain(table))[point];
  return Array.isArray(table) ? table[point] : table.items[point];
}

function translated(character: string, table: Table): string {
  const value = entryOf(table, character.codePointAt(0)!);
  if (value === undefined) return character;
  if (value === null) return "";
  if (isText(value)) return plain(value);
  if (!isInt(value)) raise("TypeError", "character mapping must return integer, None or str");
  const point = Number(value);
  if (point < 0 || point > 0x10ffff) raise("ValueError", "character mapping must be in range(0x110000)");
  return String.fromCodePoint(point);
}

const maketrans: Method<string> = (_self, args, keywords) => {
  const [from, to, gone] = bind("str.maketrans", "/ x y? z?", args, keywords);
  if (to === undefined) {
    if (!(from instanceof Dict)) {
      raise("TypeError", "if you give only one argument to maketrans it must be a dict");
    }
    return Dict.from([...from.entries()].map(([key, value]) => [translateKey(key), value]));
  }
  const keys = Array.from(
    textArgument(from, () => "first maketrans argument must be a string if there is a second argument"),
  );
  const values = Array.from(textArgument(to, (type) => `maketrans() argument 2 must be str, not ${type}`));
  if (keys.length !== values.length) {
    raise("ValueError", "the first two maketrans arguments must have equal length");
  }
  const code = (character: string) => BigInt(character.codePointAt(0)!);
  const result = Dict.from(keys.map((key, i) => [code(key), code(values[i])]));
  const removed = gone === undefined
    ? ""
    : textArgument(gone, (type) => `maketrans() argument 3 must be str, not ${type}`);
  for (const character of removed) result.set(code(character), null);
  return result;
};

function translateKey(key: Value): Value {
  if (isInt(key)) return key;
  if (!isText(key)) raise("TypeError", "keys in translate table must be strings or integers");
  if (pointCount(plain(key)) !== 1) {
    raise("ValueError", "string keys in translate table must be of length 1");
  }
  return BigInt(plain(key).codePointAt(0)!);
}

/** Methods of str that change case, pad or strip. */
export const STR_SHAPE: Methods<string> = {
  upper: plainMethod("upper", upper),
  lower: plainMethod("lower", lower),
  title: plainMethod("title", titleText),
  capitalize: plainMethod("capitalize", capitalizeText),
  swapcase: plainMethod("swapcase", swapText),
  casefold: plainMethod("casefold", casefold),
  strip: strip("strip", true, true),
  lstrip: strip("lstrip", true, false),
  rstrip: strip("rstrip", false, true),
  center: pad("center", "both"),
  ljust: pad("ljust", "right"),
  rjust: pad("rjust", "left"),
  zfill,
  expandtabs,
  removeprefix: remove("removeprefix"),
  removesuffix: remove("removesuffix"),
  translate,
  maketrans,
  encode,
};
